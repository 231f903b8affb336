import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Demo, startDemo } from './world/demo.js'
import { answerOf, open, press, says, signIn, visitAsAna, visitAsStranger } from './world/tabs.js'

// What a page says is true whatever other tabs of the same browser do.

describe.skipIf(inject('browser') === '')('a page with others beside it', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo('express')
  })
  afterAll(() => demo.close())

  it.each(['Ana', 'Bruno'])('attacks with the session of %s, who has signed in in another tab', (name) =>
    visitAsStranger(demo, async (page, context) => {
      const other = await open(demo, context)
      await signIn(other, name)
      await press(page, 'Attack tesouro-tokens')
      expect(await answerOf(page, 'ours-got')).toBe('No token It answered 401 not_signed_in.')
      await press(page, 'Attack the published snippet')
      expect(await answerOf(page, 'snippet-got')).toContain('You are Bruno now')
      expect(await page.locator('#welcome').textContent()).not.toContain('Nobody is signed in')
    }),
  )

  it('takes a token for one that should have been refused when the session is that user’s by now', () =>
    visitAsAna(demo, async (page, context) => {
      // The widget asks no more: it would find out.
      await page.route(
        ({ pathname }) => pathname === '/api/tesouro/widget-token',
        (route) => (route.request().postData()?.includes('u_bruno') ? route.continue() : undefined),
      )
      const elsewhere = await demo.browser.newContext()
      await signIn(await open(demo, elsewhere), 'Bruno')
      await context.addCookies(await elsewhere.cookies()) // so that no tab announces it
      await elsewhere.close()
      await press(page, 'Pretend to be Bruno')
      await page
        .getByTestId('farewell')
        .or(page.getByTestId('told'))
        .filter({ hasText: /./ })
        .first()
        .waitFor()
      expect(await page.getByTestId('told').textContent()).toBe('')
      await says(page, 'farewell', 'Bruno has signed in, in another tab')
    }))

  it('says that it has minted what another tab has shared, or the other way round', () =>
    visitAsStranger(demo, async (page, context) => {
      const other = await context.newPage()
      const tabs = [page, other].map(watch)
      await signIn(page, 'Ana')
      await other.goto(demo.origin)
      for (const { lines } of tabs) await lines.nth(1).waitFor()
      for (const { told, asked } of tabs)
        await expect
          .poll(async () => (await told()).filter((how) => how !== 'Shared').length - asked())
          .toBe(0)
      expect(await tabs[0]?.told()).toContain('Minted')
      expect((await Promise.all(tabs.map(({ told }) => told()))).flat()).toContain('Shared')
      for (const { shared, mark, plan } of [await planOf(page), await planOf(other)]) {
        expect(mark).toBe(!shared)
        expect(plan).toMatch(shared ? /^Another tab asked for it/ : /^Good for \d+ s\. At the mark/)
      }
    }))
})

interface WatchedTab {
  lines: Locator
  /** How it says that it got its tokens. */
  told(): Promise<string[]>
  /** How many tokens it has asked for itself, and got. */
  asked(): number
}

function watch(page: Page): WatchedTab {
  let asked = 0
  page.on('response', (response) => {
    if (response.url().endsWith('/api/tesouro/widget-token') && response.ok()) asked += 1
  })
  const lines = page.getByTestId('mints').getByRole('listitem')
  const told = async (): Promise<string[]> =>
    (await lines.allTextContents()).map((line) => line.replaceAll(/[\d:]/g, ''))
  return { lines, told, asked: () => asked }
}

/** What it says of the newest token's renewal, and whether the newest is one that it has asked for. */
const planOf = (page: Page): Promise<{ shared: boolean; mark: boolean; plan: string }> =>
  page.evaluate(() => ({
    shared: document.querySelector('#mints .newest')?.textContent?.includes('Shared') === true,
    mark: document.querySelector('#life-mark')?.checkVisibility() === true,
    plan: document.querySelector('#life-plan')?.textContent ?? '',
  }))
