import type { AddressInfo } from 'node:net'
import { tesouroTokensRouter } from '@tesouro-tokens/express'
import express, { type Express } from 'express'
import { publishedSnippet } from '../../../peers/published-snippet.js'
import { credentials } from '../../credentials.js'
import { constantAnswer, sessionHeader, userOf } from '../session.js'
import { createTokens } from '../tokens.js'

const path = '/api/tesouro/widget-token'

const routes: { [variant: string]: (app: Express) => unknown } = {
  ours: (app) =>
    app.use(
      '/api/tesouro',
      tesouroTokensRouter({
        tokens: createTokens(),
        getUser: (request) => userOf(request.headers[sessionHeader]),
      }),
    ),
  snippet: (app) =>
    app.post(path, express.json(), async (request, response) => {
      response.json({ widgetToken: await publishedSnippet(request.body, credentials) })
    }),
  constant: (app) => app.post(path, express.json(), (_, response) => response.json(constantAnswer)),
}

const app = express()
routes[process.argv[2] ?? '']?.(app)
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(`http://127.0.0.1:${port}`)
})
process.on('SIGTERM', () => process.exit()) // in the ordinary way, so that a profile is written
