import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Provider } from 'oidc-provider'
import type { AccessTokens } from '../access-tokens.js'
import type { Answer } from '../http/answer.js'
import { formMembers, type Incoming, textMember } from '../http/incoming.js'

/** The whole form behind a request that the provider is working on: it drops members that it does not know. */
const forms = new WeakMap<IncomingMessage, Record<string, string | string[]>>()

export function formOf(request: IncomingMessage): Record<string, string | string[]> {
  return forms.get(request) ?? {}
}

/** Headers of the provider's answers that belong to the platform's too. */
const passedOn = ['content-type', 'cache-control', 'www-authenticate']

/**
 * Makes a function that puts a request to the provider and gives its answer as a value, so that the limiter, the
 * faults and the log treat it like any other. The body was read before, and Koa hands its answer over unsent.
 */
export function createAsk(
  provider: Provider,
  accessTokens: Pick<AccessTokens, 'idOf' | 'valueOf'>,
): (incoming: Incoming) => Promise<Answer> {
  const answers = new WeakMap<IncomingMessage, Answer>()
  provider.use(async (ctx, next) => {
    await next()
    const { body } = ctx
    const headers = Object.entries(ctx.response.headers).filter(([name]) => passedOn.includes(name))
    answers.set(ctx.req, {
      status: ctx.status,
      headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
      body: typeof body === 'object' && body !== null ? JSON.stringify(asIssued(body)) : String(body ?? ''),
    })
    ctx.respond = false
  })
  const handle = provider.callback()
  /** The provider's tokens are ids of its own; what the client gets is a JWT. */
  const asIssued = (body: object): object =>
    'access_token' in body && typeof body.access_token === 'string'
      ? { ...body, access_token: accessTokens.valueOf(body.access_token) }
      : body

  return async (incoming) => {
    const form = formMembers(incoming)
    const token = textMember(form, 'token')
    const id = token === undefined ? undefined : accessTokens.idOf(token)
    const request = replay(token === undefined ? incoming : { ...incoming, body: withToken(incoming, id) })
    forms.set(request, form)
    await handle(request, new ServerResponse(request))
    const answer = answers.get(request)
    if (answer === undefined) throw new Error('the authorization server did not answer')
    return answer
  }
}

/** The form of a revocation with the provider's own id for the token; it takes every JWT for a stranger's. */
function withToken({ body }: Incoming, id = 'unknown'): Buffer {
  const form = new URLSearchParams(body?.toString('utf8'))
  form.set('token', id)
  return Buffer.from(form.toString())
}

function replay({ method, path, headers, body = Buffer.alloc(0) }: Incoming): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.method = method
  request.url = path
  request.httpVersion = '1.1'
  request.httpVersionMajor = 1
  request.httpVersionMinor = 1
  request.complete = true
  request.headers = {
    host: headers.host,
    accept: 'application/json',
    'content-length': String(body.length),
    ...(headers['content-type'] && { 'content-type': headers['content-type'] }),
    ...(headers.authorization && { authorization: headers.authorization }),
  }
  request.push(body)
  request.push(null)
  return request
}
