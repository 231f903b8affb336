import { createWidgetTokenHandler, nodeRequestBody, sendNodeAnswer } from '@tesouro-tokens/core'
import Koa, { type Context } from 'koa'
import { userOf } from './session.js'
import { tokens } from './tesouro.js'

const handle = createWidgetTokenHandler<Context>({ tokens, getUser: ({ headers }) => userOf(headers.cookie) })

export const app = new Koa()

app.use(async (context, next) => {
  if (context.path !== '/api/tesouro/widget-token') return next()
  const { method, host, headers, req, res } = context
  const { body } = context.request as { body?: unknown } // behind koa-bodyparser
  const answer = await handle({ method, host, headers, body: nodeRequestBody(req, body), request: context })
  context.respond = false // the answer is sent here, not by Koa
  sendNodeAnswer(answer, req, res)
})

app.listen(Number(process.env.PORT ?? 3000))
