import { startSandbox } from '@tesouro-tokens/sandbox'
import { expect, test } from 'vitest'
import { run } from './run.js'

const user = ['--user', 'u_1', '--email', 'u_1@example.com']

test('a key for a cache or a sandbox cannot be used as it is printed', async () => {
  for (const [kind, variable] of [
    ['cache-key', 'TESOURO_CACHE_KEYS'],
    ['widget-secret', 'TESOURO_WIDGET_SECRET'],
  ] as const) {
    const { code, out } = await run(['keygen', kind])
    expect(out).toMatch(new RegExp(`^${variable}='[0-9a-f]{64}'\n$`))
    expect(code).toBe(0)
    const { key, ...document } = JSON.parse((await run(['keygen', kind, '--json'])).out)
    expect(document).toEqual({ command: 'keygen', ok: true, kind, variable })
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(out).not.toContain(key)
  }
})

test('a signing key as JSON has another public part, another name, or shows its secret to onboarding', async () => {
  const { out } = await run(['keygen', 'subject-token', '--key-id', 'of-ours', '--json'])
  const { key, jwks } = JSON.parse(out)
  const { d, ...shown } = key
  expect(d).toMatch(/^[\w-]{43}$/)
  expect(jwks).toEqual({ keys: [shown] })
  expect(shown).toMatchObject({ kid: 'of-ours', alg: 'ES256', use: 'sig' })
})

test('--print-token --json is no document, or holds no token', async () => {
  await using sandbox = await startSandbox()
  const minted = await run(['mint', ...user, '--print-token', '--json'], { env: sandbox.env })
  const { widgetToken } = JSON.parse(minted.out)
  expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({ sub: 'u_1' })
  const exchanged = await run(['exchange', ...user, '--print-token', '--json'], { env: sandbox.env })
  const { accessToken } = JSON.parse(exchanged.out)
  expect(await sandbox.openAccessToken(accessToken)).toMatchObject({ sub: 'u_1' })
})

test('an access token without a life ends the command, or is given one', async () => {
  await using sandbox = await startSandbox()
  const type = 'urn:ietf:params:oauth:token-type:access_token'
  const token = { access_token: 'opaque-and-long-enough', token_type: 'Bearer', issued_token_type: type }
  sandbox.faults.answer({ body: JSON.stringify(token) }, { on: 'token' })
  const { code, out } = await run(['exchange', ...user], { env: sandbox.env })
  expect(out).toMatch(/access token for u_1: opaque, for how long the platform did not say/)
  expect(code).toBe(0)
  const { out: json } = await run(['exchange', ...user, '--json'], { env: sandbox.env })
  expect(JSON.parse(json)).toEqual({
    ...{ command: 'exchange', ok: true, form: 'opaque' },
    characters: token.access_token.length,
  })
})

test('a person reads of the doctor other words than programs do', async () => {
  const { code, out } = await run(['doctor'])
  expect(out).toMatch(/FAIL {2}options, keys +TESOURO_CLIENT_ID: is missing/)
  expect(out).toMatch(/Something is wrong: \d ok, \d wrong, \d+ not told\.\n$/)
  expect(code).toBe(1)
})

test.each([
  ['an error', () => new RangeError('canary'), 'RangeError'],
  ['a text', () => 'canary', 'string'],
])('%s that nobody has foreseen is shown, or ends the program', async (_, thrown, name) => {
  const read = (): Promise<string> => Promise.reject(thrown())
  const { code, error } = await run(['inspect'], { read })
  expect(error).toBe(`the command failed (${name}). This is a mistake of ours: please report it\n`)
  expect(code).toBe(1)
  const { out } = await run(['inspect', '--json'], { read })
  expect(JSON.parse(out)).toMatchObject({ command: 'inspect', ok: false, error: { code: 'internal' } })
})

test.each([
  ['an error with a code', Object.assign(new Error('canary'), { code: 'ERR_OF_A_CLOCK' }), 'ERR_OF_A_CLOCK'],
  ['an error without one', new RangeError('canary'), 'RangeError'],
  ['an error with a message for a code', Object.assign(new Error(), { code: 'a canary' }), 'Error'],
  ['a text', 'canary', 'string'],
])('a check that fails with %s takes the others with it, or shows what it was', async (_, thrown, name) => {
  const nodeVersion = {
    split: () => {
      throw thrown
    },
  }
  const { out } = await run(['doctor', '--json'], { nodeVersion: nodeVersion as never })
  const [node, ...others] = JSON.parse(out).checks
  expect(node).toMatchObject({ id: 'node', status: 'fail' })
  expect(node.found).toBe(`the doctor itself failed here (${name})`)
  expect(others.length).toBeGreaterThan(5)
  expect(out).not.toContain('canary')
})

test('a configuration that is wrong ends mint with another code than the error’s', async () => {
  const { code, out } = await run(['mint', ...user, '--json'])
  expect(JSON.parse(out)).toMatchObject({ command: 'mint', ok: false, error: { code: 'configuration' } })
  expect(code).toBe(1)
})
