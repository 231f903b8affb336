import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ExampleName } from '../../src/examples.js'
import { type Demo, startDemo } from '../world/demo.js'
import { widgetExpired } from '../world/notes.js'
import { rowsOf } from '../world/shown.js'

/** What a user does not notice: failures of the platform, and that access tokens end. */
export function unnoticed(example: ExampleName): void {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo(example)
  })
  afterAll(() => demo.close())

  const exchanges = (): number => demo.sandbox.count({ kind: 'token_exchange' })
  const widgetSessions = (): number => demo.sandbox.count({ kind: 'gateway', status: 200 })
  const accountCalls = (): number => demo.sandbox.count({ kind: 'bank_accounts', status: 200 })

  it('shows that the platform is down', () =>
    demo.visit(async ({ page, widget, signIn, press, button }) => {
      await signIn('Ana')
      const before = exchanges()
      await press('Make upstream fail', 'you notice nothing')
      expect(await button('Make upstream fail').getAttribute('aria-pressed')).toBe('true')
      const [shown, sessions, calls] = [await rowsOf(widget), widgetSessions(), accountCalls()]
      await expect.poll(widgetSessions).toBeGreaterThan(sessions)
      await expect.poll(accountCalls).toBeGreaterThan(calls + 1)
      expect(await rowsOf(widget)).toEqual(shown)
      expect(await page.getByTestId('server-answer').textContent()).toContain('200')
      await press('Make upstream fail', 'The platform is back')
      expect(exchanges()).toBe(before)
    }))

  it('shows that an access token expired', () =>
    demo.visit(
      async ({ page, signIn, press }) => {
        await signIn('Ana')
        const before = exchanges()
        await press('Expire my access token', 'made one token exchange')
        expect(await page.getByTestId('server-answer').textContent()).toContain('200')
        const again = await page.evaluate(async () => (await fetch('/api/accounts')).status)
        expect([again, exchanges() - before]).toEqual([200, 1])
      },
      { possibleNotes: widgetExpired },
    ))
}
