import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { controlsIn, tabStopsIn, tooWideIn, violationsIn } from './world/accessibility.js'
import { type Demo, startDemo } from './world/demo.js'
import { sessionOver, status403, widgetExpired } from './world/notes.js'

const phone = { viewport: { width: 360, height: 740 } }
/** Both where all is shown that there is; the phone below is light. */
const looks = [
  { colorScheme: 'light', reducedMotion: 'no-preference' },
  { colorScheme: 'dark', reducedMotion: 'reduce' },
] as const
const desk = { viewport: { width: 1280, height: 900 } }
/** axe puts styles into the page to measure by. */
const measured = { bypassCSP: true }

describe.skipIf(inject('browser') === '')('the page', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo('express')
  })
  afterAll(() => demo.close())

  it.each(looks)('cannot be used by everybody: $colorScheme', (look) =>
    demo.visit(
      async ({ page, signIn, press, button }) => {
        await button('Attack the published snippet').click()
        await page.getByTestId('snippet-got').getByText('You are Bruno now').waitFor()
        await button('Attack tesouro-tokens').click()
        await page.getByTestId('ours-got').getByText('No token').waitFor()
        expect(await violationsIn(page)).toEqual([])
        await signIn('Ana')
        await page.getByText('What is in it').click()
        await page.getByTestId('opened').getByText('jti').first().waitFor()
        await press('Pretend to be Bruno', 'Refused with 403')
        await press('Make upstream fail', 'you notice nothing')
        expect(page.frames().length).toBe(2)
        expect(await violationsIn(page)).toEqual([])
        await button('Log out').click()
        await page.getByTestId('farewell').getByText('You are logged out').waitFor()
        expect(await violationsIn(page)).toEqual([])
      },
      { ...measured, ...desk, ...look, notes: [status403], possibleNotes: sessionOver },
    ),
  )

  it('shows some of the accounts as if they were all, on a phone', () =>
    demo.visit(
      async ({ widget, signIn }) => {
        await signIn('Ana')
        expect(await widget.locator('#of').textContent()).toBe('Total of 6')
        const list = widget.locator('#accounts')
        const cut = await list.evaluate((found) => {
          const { bottom } = found.getBoundingClientRect()
          const rows = [...found.children].map((row) => row.getBoundingClientRect())
          return rows.filter((row) => row.top < bottom - 12 && row.bottom > bottom + 12).length
        })
        expect(cut).toBe(1) // half of a row says that there are more
      },
      { viewport: { width: 390, height: 844 } },
    ))

  it('must be scrolled sideways on a phone', () =>
    demo.visit(
      async ({ page, signIn, press }) => {
        expect(await tooWideIn(page)).toEqual([])
        await signIn('Ana')
        await page.getByTestId('opened').getByText('jti').first().waitFor({ state: 'attached' })
        await press('Pretend to be Bruno', 'Refused with 403')
        expect(await tooWideIn(page)).toEqual([])
        expect(await violationsIn(page)).toEqual([])
      },
      { ...measured, ...phone, notes: [status403] },
    ))

  it('has a control that the keyboard does not reach', () =>
    demo.visit(
      async ({ page, widget }) => {
        await everyControlIsReached()
        await page.getByRole('button', { name: 'Sign in as Ana' }).focus()
        await page.keyboard.press('Enter')
        await widget.getByRole('listitem').first().waitFor()
        await page.getByTestId('opened').getByText('jti').first().waitFor({ state: 'attached' })
        await everyControlIsReached()
        await page.getByRole('button', { name: 'Expire my access token' }).focus()
        await page.keyboard.press('Space')
        await page.getByTestId('told').getByText('made one token exchange').waitFor()
        await page.getByRole('button', { name: 'Log out' }).focus()
        await page.keyboard.press('Enter')
        await page.getByTestId('farewell').getByText('You are logged out').waitFor()

        async function everyControlIsReached(): Promise<void> {
          const controls = await controlsIn(page)
          const stops = await tabStopsIn(page, controls.length + 3)
          expect(stops.filter(({ visible }) => !visible)).toEqual([])
          expect(stops.map(({ name }) => name).filter((name) => controls.includes(name))).toEqual(controls)
          expect(controls.length).toBeGreaterThanOrEqual(2)
        }
      },
      { ...phone, possibleNotes: [...widgetExpired, ...sessionOver] },
    ))
})
