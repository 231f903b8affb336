import { createTesouroTokens } from '@tesouro-tokens/core'
import type { FrameLocator } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ExampleName, examples } from '../../src/examples.js'
import { type Demo, startDemo } from '../world/demo.js'

const people = [
  { name: 'Ana', sub: 'u_ana', email: 'ana@bank.example' },
  { name: 'Bruno', sub: 'u_bruno', email: 'bruno@bank.example' },
] as const
const [ana] = people

/** What a user has of it: accounts, and nothing to notice of expiry and failure. */
export function signedIn(example: ExampleName): void {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo(example)
  })
  afterAll(() => demo.close())

  const exchanges = (): number => demo.sandbox.count({ kind: 'token_exchange' })
  const widgetSessions = (): number => demo.sandbox.count({ kind: 'gateway', status: 200 })
  const accountCalls = (): number => demo.sandbox.count({ kind: 'bank_accounts', status: 200 })

  it.each(people)('sees the accounts of somebody else than $name', ({ name, sub, email }) =>
    demo.visit(async ({ page, widget, signIn }) => {
      await signIn(name)
      expect(await rows(widget)).toEqual(await accountsFromTheSandbox({ sub, email }))
      expect(await page.getByTestId('who').textContent()).toContain(email)
      expect(await page.getByTestId('framework').textContent()).toContain(examples[example].framework)
    }),
  )

  it('sees the widget stop when its token is over', () =>
    demo.visit(async ({ page, widget, signIn }) => {
      const before = demo.mintAnswers().length
      await signIn('Ana')
      const shown = await rows(widget)
      await page.getByTestId('mints').getByText('Refreshed').nth(1).waitFor()
      await expect
        .poll(() =>
          demo
            .mintAnswers()
            .slice(before)
            .every(({ status }) => status === 200),
        )
        .toBe(true)
      const tokens = demo.mintAnswers().slice(before).map(widgetTokenOf)
      expect(new Set(tokens).size).toBe(tokens.length)
      expect(tokens.length).toBeGreaterThanOrEqual(3)
      await expect(demo.sandbox.openWidgetToken(tokens.at(-1) ?? '')).resolves.toMatchObject({ sub: ana.sub })
      expect(await rows(widget)).toEqual(shown)
      expect((await widget.getByRole('status').allTextContents()).join('')).toBe('')
    }))

  it('notices that the platform is down', () =>
    demo.visit(async ({ page, widget, signIn, press, button }) => {
      await signIn('Ana')
      const before = exchanges()
      await press('Make upstream fail', 'you notice nothing')
      expect(await button('Make upstream fail').getAttribute('aria-pressed')).toBe('true')
      const [shown, sessions, calls] = [await rows(widget), widgetSessions(), accountCalls()]
      await expect.poll(widgetSessions, patience).toBeGreaterThan(sessions)
      await expect.poll(accountCalls, patience).toBeGreaterThan(calls + 1)
      expect(await rows(widget)).toEqual(shown)
      expect(await page.getByTestId('server-answer').textContent()).toContain('200')
      await press('Make upstream fail', 'The platform is back')
      expect(exchanges()).toBe(before)
    }))

  it('is told that an access token expired', () =>
    demo.visit(async ({ page, signIn, press }) => {
      await signIn('Ana')
      const before = exchanges()
      await press('Expire my access token', 'made one token exchange')
      expect(await page.getByTestId('server-answer').textContent()).toContain('200')
      const again = await page.evaluate(async () => (await fetch('/api/accounts')).status)
      expect([again, exchanges() - before]).toEqual([200, 1])
    }))

  async function accountsFromTheSandbox(user: { sub: string; email: string }): Promise<string[]> {
    await using tokens = createTesouroTokens(demo.sandbox.options)
    const answer = await tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts?limit=10')
    const { data } = (await answer.json()) as { data: Account[] }
    return data.map(({ name, type, accountNumber, balance }) =>
      [
        name,
        dollars(balance.current),
        `${type} ${accountNumber}`,
        `${dollars(balance.available)} available`,
      ].join(' | '),
    )
  }
}

interface Account {
  name: string
  type: string
  accountNumber: string
  balance: { current: string; available: string }
}

const patience = { timeout: 15_000 }
const dollars = (amount: string): string =>
  Number(amount).toLocaleString('en-US', { style: 'currency', currency: 'USD' })

function rows(widget: FrameLocator): Promise<string[]> {
  return widget
    .getByRole('listitem')
    .evaluateAll((items) =>
      items.map((item) => [...item.querySelectorAll('span')].map((part) => part.textContent).join(' | ')),
    )
}

const bodyOf = ({ responseBody }: { responseBody: Buffer[] }): string =>
  Buffer.concat(responseBody).toString()

function widgetTokenOf(exchange: { responseBody: Buffer[] }): string {
  const { widgetToken } = JSON.parse(bodyOf(exchange)) as { widgetToken: string }
  return widgetToken
}
