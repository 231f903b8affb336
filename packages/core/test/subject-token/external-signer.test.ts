import { createHash, type KeyPairKeyObjectResult } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { standStill } from '../../../../conformance/src/stand-still.js'
import type { SubjectTokenAlgorithm, SubjectTokenSignFunction } from '../../src/index.js'
import {
  canary,
  ec,
  ec384,
  ec521,
  ed,
  failureOf,
  mint,
  rsa,
  signature,
  signerOf,
  tokensWith,
  user,
} from './kms.js'

const keys: [SubjectTokenAlgorithm, KeyPairKeyObjectResult, 'der' | 'ieee-p1363'][] = [
  ['ES256', ec, 'der'],
  ['ES256', ec, 'ieee-p1363'],
  ['ES384', ec384, 'der'],
  ['ES512', ec521, 'der'],
  ['ES512', ec521, 'ieee-p1363'],
  ['RS256', rsa, 'der'],
  ['PS256', rsa, 'der'],
  ['EdDSA', ed, 'der'],
]

describe('a key that stays in a KMS', () => {
  it.each(keys)('does not sign with %s (as %#)', async (algorithm, pair, form) => {
    const sign = signerOf(algorithm, pair, form)
    const tokens = tokensWith({ algorithm, sign, publicKey: pair.publicKey, keyId: 'k-1' })
    for (const _ of Array.from({ length: 20 })) {
      const { payload, protectedHeader } = await jwtVerify(await mint(tokens), pair.publicKey)
      expect(protectedHeader).toEqual({ alg: algorithm, typ: 'JWT', kid: 'k-1' })
      expect(payload).toMatchObject(user)
    }
  })

  it('is not converted from DER whose numbers are short or begin with zeros', async () => {
    const sign: SubjectTokenSignFunction = (data) => {
      // one in about 500 has a number that begins with a zero byte
      for (;;) {
        const der = signature('ES256', ec, data, 'der')
        if (der.length < 70) return der
      }
    }
    const tokens = tokensWith({ sign })
    for (const _ of Array.from({ length: 10 })) await jwtVerify(await mint(tokens), ec.publicKey)
  })

  it('that takes 30 ms and fails at every twentieth request fails a call, or signs a token twice at a time', async () => {
    let calls = 0
    const signing = new Map<string, number>()
    let together = 0
    const sign: SubjectTokenSignFunction = async (data) => {
      calls += 1
      const fails = calls % 20 === 0
      const token = createHash('sha256').update(data).digest('hex')
      const atOnce = (signing.get(token) ?? 0) + 1
      signing.set(token, atOnce)
      together = Math.max(together, atOnce)
      await wait(30)
      signing.set(token, atOnce - 1)
      if (fails) throw new Error(canary)
      return signature('ES256', ec, data, 'der')
    }
    const tokens = tokensWith({ sign, publicKey: ec.publicKey })
    const minted: string[] = []
    // Not all at once: a request has 5 s, which this process may need for 500 of them where it gets little of a machine.
    for (let first = 0; first < 500; first += 50) {
      minted.push(
        ...(await Promise.all(Array.from({ length: 50 }, (_, n) => mint(tokens, `u-${first + n}`)))),
      )
    }
    for (const token of minted) await jwtVerify(token, ec.publicKey)
    expect(new Set(minted).size).toBe(500)
    expect(together).toBe(1)
    expect(calls).toBeGreaterThanOrEqual(525)
    expect(calls).toBeLessThanOrEqual(530)
  })

  it('that has answered while this process stood still fails the call', async () => {
    let calls = 0
    const sign: SubjectTokenSignFunction = async (data) => {
      calls += 1
      standStill(5_500)
      await wait(100) // for the answer that is there
      return signature('ES256', ec, data, 'der')
    }
    await jwtVerify(await mint(tokensWith({ sign, publicKey: ec.publicKey })), ec.publicKey)
    expect(calls).toBe(1)
  })

  it('that fails for good is asked more than three times, or its error is shown', async () => {
    let calls = 0
    const tokens = tokensWith({
      sign: async () => {
        calls += 1
        throw new Error(canary)
      },
    })
    expect(await failureOf(tokens.mintWidgetToken(user))).toEqual({
      code: 'subject_token',
      message: 'signedSubjectToken sign: the function threw an error, which is not repeated here',
      retryable: true,
    })
    expect(calls).toBe(3)
    expect(await failureOf(tokens.ready())).toMatchObject({ code: 'configuration', retryable: true })
  })

  it('that never answers holds a call for more than 5 s, or is not told to stop', async () => {
    let told: AbortSignal | undefined
    const tokens = tokensWith({
      sign: (_data, { signal }) => {
        told = signal
        return new Promise(() => {})
      },
    })
    expect(await failureOf(tokens.mintWidgetToken(user))).toEqual({
      code: 'subject_token',
      message: 'signedSubjectToken sign: the function returned nothing within 5 s',
      retryable: true,
    })
    expect(told?.aborted).toBe(true)
  })

  it('is asked again for a caller who has gone', async () => {
    let calls = 0
    const tokens = tokensWith({
      sign: async (_data, { signal }) => {
        calls += 1
        await wait(60_000, undefined, { signal })
        return new Uint8Array()
      },
    })
    const leaving = new AbortController()
    const minting = tokens.mintWidgetToken(user, { signal: leaving.signal })
    const reason = new Error('gone')
    await wait(20)
    leaving.abort(reason)
    await expect(minting).rejects.toBe(reason)
    expect(calls).toBe(1)
  })
})
