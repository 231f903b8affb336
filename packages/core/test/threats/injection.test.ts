import { expect, it } from 'vitest'
import {
  createTesouroTokens,
  createWidgetTokenHandler,
  isTesouroTokensError,
  type TesouroTokensEvent,
  type TesouroUser,
} from '../../src/index.js'
import { startServer } from '../token-endpoint/scripted-server.js'
import { grants } from '../token-endpoint/set-up.js'
import { validOptions } from '../valid-options.js'

const endings = ['\r\n', '\n', '\r', '\0', '\u001b[2J', '\u0085', '\u2028', '\u2029', '\u007f', '\ud800']
const payloads = endings.map((ending) => `u-1${ending}x-evil: 1`)
const awkward = [
  'u&client_id=evil',
  'u=1;grant_type=x',
  'u%0d%0ax-evil:1',
  '"><script>',
  '../../u',
  'ü✓𝕏',
  "u';--",
]

const members = ['sub', 'email', 'tenant'] as const
const base: TesouroUser = { sub: 'u-1', email: 'u-1@bank.example' }

it('an id, address or tenant with a control character is refused before anything is made of it', async () => {
  const server = await startServer(grants)
  const events: TesouroTokensEvent[] = []
  const lines: string[] = []
  try {
    const options = { environment: undefined, baseUrl: server.url.href }
    const tokens = createTesouroTokens(validOptions({ ...options, onEvent: (event) => events.push(event) }))
    for (const member of members) {
      for (const payload of payloads) {
        const user = { ...base, [member]: payload }
        const handle = createWidgetTokenHandler({
          tokens,
          getUser: () => user,
          onError: (error) => lines.push(isTesouroTokensError(error) ? error.message : 'foreign'),
        })
        const input = { method: 'POST', host: 'bank.example', headers: {}, request: {} }
        const { status, headers } = await handle(input)
        expect(status).toBe(403)
        expect(JSON.stringify(headers)).not.toContain('evil')
        for (const call of [
          tokens.mintWidgetToken(user),
          tokens.getUserAccessToken(user),
          tokens.fetchAsUser(user, '/x'),
        ]) {
          await expect(call).rejects.toMatchObject({ code: 'invalid_user' })
        }
      }
    }
    expect(server.seen).toEqual([])
  } finally {
    await server.close()
  }
  expect(lines).toHaveLength(members.length * payloads.length)
  for (const line of [...lines, ...events.map((event) => JSON.stringify(event))]) {
    expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]|evil/u)
  }
})

it('an awkward id adds no header and no form member, and arrives as it is', async () => {
  const server = await startServer(grants)
  try {
    const options = { environment: undefined, baseUrl: server.url.href, requestsPerSecond: false } as const
    const tokens = createTesouroTokens(validOptions(options))
    for (const id of awkward) await tokens.getUserAccessToken({ sub: id, email: id, tenant: id })
    expect(server.seen).toHaveLength(awkward.length)
    for (const [index, { form, headers, path }] of server.seen.entries()) {
      const names = ['client_id', 'client_secret', 'grant_type', 'subject_token', 'subject_token_type']
      expect([...form.keys()].sort()).toEqual(names)
      expect(form.get('client_id')).toBe('client-1')
      expect(headers['x-evil']).toBeUndefined()
      expect(path).toBe('/openid/connect/token')
      const [, claims = ''] = (form.get('subject_token') ?? '').split('.')
      const { sub, email } = JSON.parse(Buffer.from(claims, 'base64url').toString())
      expect({ sub, email }).toEqual({ sub: awkward[index], email: awkward[index] })
    }
  } finally {
    await server.close()
  }
})
