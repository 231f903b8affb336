import { createServer } from 'node:http'
import { behind, describeAdapter } from '@tesouro-tokens/conformance/adapter'
import { listening } from '@tesouro-tokens/conformance/adapter-listening'
import { tesouroTokensRouter } from '@tesouro-tokens/express'
import express5 from 'express'
import express4 from 'express4'

for (const [name, express] of [
  ['Express 5', express5],
  ['Express 4', express4],
] as const) {
  describeAdapter(
    name,
    ({ options }) => listening(createServer(express().use('/api/tesouro', tesouroTokensRouter(options)))),
    {},
    express === express5 ? 'all' : 'sample',
  )
  describeAdapter(
    `${name} after express.json()`,
    ({ options }) =>
      listening(
        createServer(express().use(express.json()).use('/api/tesouro', tesouroTokensRouter(options))),
      ),
    behind.bodyParser,
  )
}
