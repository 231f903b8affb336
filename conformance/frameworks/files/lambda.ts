import { configure } from '@codegenie/serverless-express'
import { tesouroTokensRouter } from '@tesouro-tokens/express'
import express from 'express'
import { userOf } from './session.js'
import { tokens } from './tesouro.js'

const app = express()
app.use('/api/tesouro', tesouroTokensRouter({ tokens, getUser: ({ headers }) => userOf(headers.cookie) }))

export const handler = configure({ app })
