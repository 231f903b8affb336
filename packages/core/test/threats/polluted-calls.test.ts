import { createTesouroTokens, signedSubjectToken, type TesouroTokensOptions } from '@tesouro-tokens/core'
import { exportJWK, generateKeyPair } from 'jose'
import { expect, it } from 'vitest'
import { goodAnswer } from '../token-endpoint/set-up.js'
import { validOptions } from '../valid-options.js'

const user = { sub: 'u-1', email: 'u-1@bank.example' }

/** With a member on every object that has none of that name. */
async function polluted<Result>(
  name: string,
  member: PropertyDescriptor,
  work: () => Promise<Result>,
): Promise<Result> {
  Object.defineProperty(Object.prototype, name, { ...member, configurable: true })
  try {
    return await work()
  } finally {
    Reflect.deleteProperty(Object.prototype, name)
  }
}

function tokensWith(overrides: Partial<TesouroTokensOptions> = {}) {
  /** The subject tokens' claims. */
  const claims: string[] = []
  const tokens = createTesouroTokens(
    validOptions({
      async fetch(_, init) {
        const subjectToken = new URLSearchParams(String(init?.body)).get('subject_token') ?? ''
        claims.push(Buffer.from(subjectToken.split('.')[1] ?? '', 'base64url').toString())
        return Response.json({ ...goodAnswer, access_token: `token-${claims.length}` })
      },
      ...overrides,
    }),
  )
  return { tokens, claims }
}

it.each([
  ['text', 'x'],
  ['an aborted signal', AbortSignal.abort(new Error('evil'))],
])('a signal on every object (%s) ends a call, or keeps its own from ending it', async (_, value) => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  const { tokens } = tokensWith()
  const hangs = tokensWith({ fetch: () => new Promise<never>(() => {}) }).tokens
  const ending = new AbortController()
  try {
    await polluted('signal', { value, writable: true }, async () => {
      const { signal } = new AbortController()
      expect((await tokens.getUserAccessToken(user, { signal })).accessToken).toBe('token-1')
      const hanging = hangs.getUserAccessToken(user, { signal: ending.signal })
      ending.abort(new Error('enough'))
      await expect(hanging).rejects.toThrow('enough')
    })
    await new Promise(setImmediate)
    expect(unhandled).toEqual([])
  } finally {
    process.off('unhandledRejection', note)
    await tokens.close()
    await hangs.close()
  }
})

it('a setter on every object swallows a claim, so that two sets of claims have one token', async () => {
  const { tokens, claims } = tokensWith()
  await polluted('acr', { get: () => undefined, set() {} }, async () => {
    const [one, other] = [
      await tokens.getUserAccessToken({ ...user, claims: { acr: 'password' } }),
      await tokens.getUserAccessToken({ ...user, claims: { acr: 'mfa' } }),
    ]
    expect(one.accessToken).not.toBe(other.accessToken)
  })
  expect(claims.map((text) => JSON.parse(text).acr)).toEqual(['password', 'mfa'])
  await tokens.close()
})

it('a method of ours is taken from every object', async () => {
  const { tokens } = tokensWith()
  await polluted('reachedMs', { value: 'evil', writable: true }, () => tokens.getUserAccessToken(user))
  await tokens.close()
})

// Not `use`, `key_ops` and `alg`: the runtime's own import takes those from there, and refuses the key.
it.each([
  ['keys', []],
  ['privateKey', {}],
  ['kid', 'evil'],
])('a JWK is refused for %s on every object', async (name, value) => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const key = await exportJWK(privateKey)
  const { accessToken } = await polluted(name, { value, writable: true }, async () => {
    const { tokens } = tokensWith({ subjectToken: signedSubjectToken({ key, algorithm: 'ES256' }) })
    const token = await tokens.getUserAccessToken(user)
    await tokens.close()
    return token
  })
  expect(accessToken).toBe('token-1')
})

it('a getter on every object is read where a member is looked for', async () => {
  const throwing = {
    get(): never {
      throw new Error('canary: somebody read it')
    },
    set() {},
  }
  for (const name of ['retryAfterSeconds', 'requestId', 'lease', 'onForget', 'userId']) {
    await polluted(name, throwing, async () => {
      const { tokens } = tokensWith()
      await tokens.getUserAccessToken(user)
      await tokens.close()
      await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'closed' })
    })
  }
})
