import { createServer, type Http2ServerRequest } from 'node:http2'
import { createWidgetTokenHandler, nodeRequestBody, requestHost, sendNodeAnswer } from '@tesouro-tokens/core'
import { userOf } from './session.js'
import { tokens } from './tesouro.js'

const handle = createWidgetTokenHandler<Http2ServerRequest>({
  tokens,
  getUser: ({ headers }) => userOf(headers.cookie),
})

// Browsers speak HTTP/2 only over TLS: createSecureServer({ key, cert, allowHTTP1: true }) where no proxy ends it.
export const server = createServer(async (request, response) => {
  if (request.url !== '/api/tesouro/widget-token') {
    response.writeHead(404).end()
    return
  }
  const { method, headers } = request
  // Not headers.host: in HTTP/2 the host is the pseudo-header :authority.
  const host = requestHost(headers, false)
  const answer = await handle({ method, host, headers, body: nodeRequestBody(request, undefined), request })
  sendNodeAnswer(answer, request, response)
})

server.listen(Number(process.env.PORT ?? 3000))
