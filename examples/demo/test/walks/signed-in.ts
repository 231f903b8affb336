import { createTesouroTokens } from '@tesouro-tokens/core'
import { beforeAll, expect, it } from 'vitest'
import { type ExampleName, examples } from '../../src/examples.js'
import type { Demo } from '../world/demo.js'
import { rowsOf } from '../world/shown.js'

const people = [
  { name: 'Ana', sub: 'u_ana', email: 'ana@bank.example' },
  { name: 'Bruno', sub: 'u_bruno', email: 'bruno@bank.example' },
] as const
const [ana] = people
const onOurClock = { clock: true } as const

/** What a user has of it: accounts. */
export function signedIn(example: ExampleName, theDemo: () => Demo): void {
  let demo: Demo
  beforeAll(() => {
    demo = theDemo()
  })

  it.each(people)('sees the accounts of somebody else than $name', ({ name, sub, email }) =>
    demo.visit(async ({ page, widget, signIn }) => {
      await signIn(name)
      expect(await rowsOf(widget)).toEqual(await accountsFromTheSandbox({ sub, email }))
      expect(await page.getByTestId('who').textContent()).toContain(email)
      expect(await page.getByTestId('framework').textContent()).toContain(examples[example].framework)
    }),
  )

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

/** The same in what the page does by itself, so that one example is enough. */
export function keptSignedIn(theDemo: () => Demo): void {
  let demo: Demo
  beforeAll(() => {
    demo = theDemo()
  })

  it('sees the widget stop when its token is over', () =>
    demo.visit(async ({ page, widget, signIn, later }) => {
      const before = demo.mintAnswers().length
      await signIn('Ana')
      const shown = await rowsOf(widget)
      for (const nth of [0, 1]) {
        await later(6)
        await page.getByTestId('mints').getByText('Refreshed').nth(nth).waitFor()
      }
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
      expect(await rowsOf(widget)).toEqual(shown)
      expect((await widget.getByRole('status').allTextContents()).join('').trim()).toBe('')
    }, onOurClock))
}

interface Account {
  name: string
  type: string
  accountNumber: string
  balance: { current: string; available: string }
}

const dollars = (amount: string): string =>
  Number(amount).toLocaleString('en-US', { style: 'currency', currency: 'USD' })

const bodyOf = ({ responseBody }: { responseBody: Buffer[] }): string =>
  Buffer.concat(responseBody).toString()

function widgetTokenOf(exchange: { responseBody: Buffer[] }): string {
  const { widgetToken } = JSON.parse(bodyOf(exchange)) as { widgetToken: string }
  return widgetToken
}
