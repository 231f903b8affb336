import { fileURLToPath } from 'node:url'
import express, { type Router } from 'express'
import { customers } from './users.js'

const platform =
  process.env.TESOURO_BASE_URL ||
  (process.env.TESOURO_ENVIRONMENT === 'production'
    ? 'https://api.tesouro.com'
    : 'https://api.sandbox.tesouro.com')

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  `connect-src 'self' ${new URL(platform).origin}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The page, which the examples share, and what it has to know about this server. Nothing here is about tokens. */
export const page: Router = express.Router()

page.get('/api/demo', (req, res) => {
  res.set('cache-control', 'no-store').json({ platform, customers, user: req.session.user ?? null })
})

page.use((_req, res, next) => {
  res.set({
    'content-security-policy': contentSecurityPolicy,
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  })
  next()
})
page.use(express.static(fileURLToPath(new URL('../../page', import.meta.url))))
