// Run by Node, Bun and Deno: the steps of core in a process of their own.

import { subscribe } from 'node:diagnostics_channel'
import { report } from './report.mjs'
import { createSteps } from './steps.mjs'

const { Bun, Deno } = globalThis

async function serve(endpoint) {
  if (Bun !== undefined) {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => endpoint(request) })
    stops.push(() => server.stop(true))
    return `http://127.0.0.1:${server.port}`
  }
  if (Deno !== undefined) {
    const server = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, (request) =>
      endpoint(request),
    )
    stops.push(() => server.shutdown())
    return `http://127.0.0.1:${server.addr.port}`
  }
  return serveWithNode()
}

async function serveWithNode() {
  const { createServer } = await import('node:http')
  const {
    createTesouroTokens,
    createWidgetTokenHandler,
    nodeRequestBody,
    sendNodeAnswer,
    signedSubjectToken,
  } = await import('@tesouro-tokens/core')
  const { options, keys } = setting
  const subjectToken = signedSubjectToken({ key: keys.jwk, algorithm: 'ES256' })
  const tokens = createTesouroTokens({ ...options, subjectToken })
  const getUser = () => ({ sub: 'user-1', email: 'user-1@bank.example' })
  const handle = createWidgetTokenHandler({ tokens, getUser })
  const server = createServer(async (request, response) => {
    const { method, headers } = request
    const body = nodeRequestBody(request, undefined)
    sendNodeAnswer(await handle({ method, host: headers.host, headers, body, request }), request, response)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => {
    server.close()
    server.closeAllConnections()
    return tokens.close()
  })
  return `http://127.0.0.1:${server.address().port}`
}

const stops = []
const setting = JSON.parse(process.env.SETTING)
await report(createSteps({ ...setting, subscribe, serve }), async () => {
  for (const stop of stops) await stop()
})
