// Run with `node --unhandled-rejections=strict`: everything fails, nobody looks at some of it, and at the end
// only `close()` is called. The process has to end by itself, with 0.
import { createServer } from 'node:http'
import { createTesouroTokens, memoryTokenCache, unsecuredSubjectToken } from '@tesouro-tokens/core'

const user = { sub: 'user-1', email: 'user-1@bank.example' }
const other = { sub: 'user-2', email: 'user-2@bank.example' }
const log = []
const ended = (name) => (error) =>
  log.push(`${name}: ${error.name === 'AbortError' ? error.name : error.code}`)

// A platform that grants the first token and answers nothing afterwards.
let requests = 0
const server = createServer((request, response) => {
  request.resume()
  requests += 1
  if (requests > 1) return
  const issued_token_type = 'urn:ietf:params:oauth:token-type:access_token'
  const grant = { access_token: 'token', token_type: 'Bearer', expires_in: 1_000, issued_token_type }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(grant))
})
server.on('connection', (socket) => socket.unref())
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
server.unref()

let time = 1_800_000_000_000
const fails = async () => {
  throw new Error('the cache is down')
}
const options = {
  baseUrl: `http://127.0.0.1:${server.address().port}`,
  clientId: 'client-1',
  clientSecret: 'secret-1',
  subjectToken: unsecuredSubjectToken(),
  clock: { now: () => time, monotonic: () => time },
  onEvent: async () => {
    throw new Error('a listener that rejects')
  },
}
const tokens = createTesouroTokens(options)
await tokens.getUserAccessToken(user)

// A refresh in the background that will never be answered, and a caller in front of it.
time += 900_000
await tokens.getUserAccessToken(user)
const waiting = tokens.getUserAccessToken(other).catch(ended('waiting'))
const caller = new AbortController()
const aborted = tokens.getAppAccessToken({ signal: caller.signal }).catch(ended('aborted'))
caller.abort()
await aborted

// Another instance, on a cache that is down: its logout is still being recorded when it is closed.
const cache = { ...memoryTokenCache(), local: false, get: fails, set: fails, delete: fails, forget: fails }
const onBadCache = createTesouroTokens({ ...options, cache })
const logout = onBadCache.forgetUser(user).catch(ended('logout'))
const never = createTesouroTokens({ ...options, credentials: () => new Promise(() => {}), ...unset() })
const unanswered = never.mintWidgetToken(user).catch(ended('unanswered'))

await Promise.all([tokens.close(), onBadCache.close(), never.close()])
await Promise.all([waiting, logout, unanswered])
const sentBefore = requests
process.on('exit', () =>
  console.log(JSON.stringify({ ended: log.sort(), sentAfterwards: requests - sentBefore })),
)

function unset() {
  return { clientId: undefined, clientSecret: undefined }
}
