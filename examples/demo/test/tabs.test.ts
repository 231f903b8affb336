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
})
