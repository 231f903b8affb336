import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import type { Demo } from '../world/demo.js'
import { sessionOver } from '../world/notes.js'
import { everythingShown } from '../world/shown.js'
import type { Visitor } from '../world/visitor.js'

/** Nothing of a user is left once they are logged out: what servers and page do about it together. */
export function nextUser(theDemo: () => Demo): void {
  it('the next user finds something of the one before', () =>
    theDemo().visit(
      async ({ page, widget, signIn, button }) => {
        await signIn('Ana')
        const personal = await personalIn({ page, widget })
        await button('Log out').click()
        await signIn('Bruno')
        await page.getByTestId('opened').getByText('bruno@bank.example').waitFor({ state: 'attached' })
        expect(await found(page, personal)).toEqual([])
      },
      { possibleNotes: sessionOver },
    ))
}

/** The same in what the page does by itself, so that one example is enough. */
export function afterLogout(theDemo: () => Demo): void {
  let demo: Demo
  beforeAll(() => {
    demo = theDemo()
  })

  it('the page, or the page reloaded, still shows something of the user', () =>
    demo.visit(
      async ({ page, widget, signIn, button }) => {
        await signIn('Ana')
        const personal = await personalIn({ page, widget })
        await button('Log out').click()
        await atTheDoor(page)
        await page.getByTestId('farewell').getByText('You are logged out').waitFor()
        expect(await found(page, personal)).toEqual([])
        await page.reload()
        await atTheDoor(page)
        expect(await found(page, personal)).toEqual([])
      },
      { possibleNotes: sessionOver },
    ))

  it('going back to a page that was left while signed in shows the user', () =>
    demo.visit(
      async ({ page, context, widget, neighbour, signIn }) => {
        await signIn('Ana')
        const personal = await personalIn({ page, widget })
        await page.goto(neighbour)
        const other = await context.newPage()
        await other.goto(demo.origin)
        await other.getByRole('button', { name: 'Log out' }).click()
        await atTheDoor(other)
        await page.goBack()
        await atTheDoor(page)
        expect(await found(page, personal)).toEqual([])
        await page.goForward()
        await page.goBack()
        await page.reload()
        await atTheDoor(page)
        expect(await found(page, personal)).toEqual([])
      },
      { possibleNotes: sessionOver },
    ))

  it('a second tab goes on showing the user', () =>
    demo.visit(
      async ({ page, context, widget, signIn, button }) => {
        await signIn('Ana')
        const personal = await personalIn({ page, widget })
        const second = await context.newPage()
        await second.goto(demo.origin)
        await second.getByRole('button', { name: 'Log out' }).waitFor()
        await button('Log out').click()
        await atTheDoor(second)
        expect(await found(second, personal)).toEqual([])
      },
      { possibleNotes: sessionOver },
    ))
}

/** What nobody but the user may see: address, account numbers and amounts. */
async function personalIn({ page, widget }: Pick<Visitor, 'page' | 'widget'>): Promise<string[]> {
  await page.getByTestId('opened').getByText('ana@bank.example').waitFor({ state: 'attached' })
  const numbers = (await widget.getByRole('listitem').allTextContents()).flatMap(
    (text) => text.match(/\$[\d,.]+|••••\d{4}/g) ?? [],
  )
  const personal = ['ana@bank.example', 'u_ana', ...numbers]
  expect(await found(page, personal)).toEqual(personal)
  expect(personal.length).toBeGreaterThan(10)
  return personal
}

async function found(page: Page, personal: readonly string[]): Promise<string[]> {
  const shown = await everythingShown(page)
  return personal.filter((text) => shown.includes(text))
}

async function atTheDoor(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in as Ana' }).waitFor()
}
