import { Buffer } from 'node:buffer'
import { compactDecrypt, decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { openIsolate } from './isolate.js'

describe('in workerd', () => {
  it('a widget token is minted by WebCrypto alone', async () => {
    await using isolate = await openIsolate()
    const { widgetToken } = await isolate.ask('mint')
    const secret = Buffer.from(String(isolate.options.widgetSecret), 'hex')
    const { plaintext } = await compactDecrypt(String(widgetToken), secret)
    const { subject_token } = JSON.parse(new TextDecoder().decode(plaintext)) as { subject_token: string }
    expect(decodeJwt(subject_token)).toMatchObject({ sub: 'user-1', email: 'user-1@bank.example' })
  })

  it.each([
    ['with waitUntil, after the answer', true],
    ['without, before it', false],
  ])(
    'an ageing token is replaced %s, and the next requests find no exchange that never ends',
    async (_, background) => {
      await using isolate = await openIsolate()
      const first = await isolate.accessTokenAt(0, background)
      expect(await isolate.accessTokenAt(500, background)).toBe(first)
      expect(isolate.exchanges()).toBe(1)

      // 60 s of 1,000 are left, which is in the second half of the window.
      const ageing = await isolate.accessTokenAt(940, background)
      const next = await isolate.accessTokenAt(940, background)
      if (background) expect(ageing).toBe(first)
      else expect([ageing, ageing]).toEqual([expect.not.stringContaining(String(first)), next])
      await expect.poll(() => isolate.accessTokenAt(940, background)).not.toBe(first)
      expect(isolate.exchanges()).toBe(2)

      // The second token has expired too: whatever its refresh left behind, this one has to wait for a third.
      const third = await isolate.accessTokenAt(3_000, background)
      expect([first, ageing, next]).not.toContain(third)
      expect(isolate.exchanges()).toBe(3)
    },
  )
})
