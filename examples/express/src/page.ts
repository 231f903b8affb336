import {
  browserPackageFolder,
  browserPackagePath,
  feed,
  feedHeaders,
  pageFolder,
  pageHeaders,
  platform,
} from '@tesouro-tokens/example-backstage'
import express, { type Response, type Router } from 'express'
import { customers } from './users.js'

/** The demo page, and what it shows of the server's inside. Your application has pages of its own: skip this file. */
export const page: Router = express.Router()

page.get('/api/demo', (req, res) => {
  const { user = null } = req.session
  res.set('cache-control', 'no-store').json({ framework: 'Express', ...platform, customers, user })
})

// 204 tells the browser not to ask again.
page.get('/api/demo/events', (req, res) => {
  if (!req.session.user) return void res.status(204).end()
  res.writeHead(200, feedHeaders)
  const write = (text: string): void => void res.write(text)
  res.once('close', feed.join({ session: req.sessionID, write, end: () => res.end() }))
})

page.post(['/login', '/logout'], ({ sessionID }, res, next) => {
  res.once('finish', () => feed.end(sessionID))
  next()
})

const files = {
  cacheControl: false,
  etag: false,
  lastModified: false,
  setHeaders: (res: Response) => res.setHeaders(new Headers(pageHeaders)),
}
page.use(express.static(pageFolder, files))
page.use(browserPackagePath, express.static(browserPackageFolder, files))
