import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { type Demo, startDemo } from './world/demo.js'
import { answerOf, type InTabs, open, press, says, signIn, visitAsAna } from './world/tabs.js'

// What the page says is true while something fails.

/** Until the page has asked the server for the accounts once more, from now on, and taken in what came of it. */
async function nextAnswer(page: Page): Promise<void> {
  const request = await page.waitForEvent('request', (asked) => asked.url().endsWith('/api/accounts'))
  const answer = await request.response()
  await answer?.finished()
  await page.evaluate(() => new Promise(requestAnimationFrame))
}

const sayingOf = async (page: Page, testId: string): Promise<string> =>
  (await page.getByTestId(testId).textContent()) ?? ''

describe.skipIf(inject('browser') === '')('while upstream fails the page', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo('express')
  })
  afterAll(() => demo.close())
  const asAna = (body: InTabs): Promise<void> => {
    onTestFinished(() => demo.sandbox.faults.clear())
    return visitAsAna(demo, body)
  }

  it('says that nothing is to be noticed when upstream is down for longer than the access token lives', () =>
    asAna(async (page) => {
      await press(page, 'Make upstream fail')
      await says(page, 'told', 'you notice nothing')
      const goOn = demo.sandbox.faults.expireAccessTokens()
      await says(page, 'told', 'the cached access token is over')
      expect(await page.getByTestId('server-answer').textContent()).toMatch(/: 50[23]/)
      expect(await page.frameLocator('iframe').getByRole('listitem').count()).toBe(6)
      goOn()
      await press(page, 'Make upstream fail')
      await says(page, 'told', 'The platform is back')
      await says(page, 'server-answer', '200')
    }))

  it('goes on saying that calls end, or goes on repeating it, when they go through again', () =>
    asAna(async (page) => {
      await press(page, 'Make upstream fail')
      await says(page, 'told', 'you notice nothing')
      const goOn = demo.sandbox.faults.expireAccessTokens()
      await says(page, 'told', 'the cached access token is over')
      await press(page, 'Pretend to be Bruno')
      await says(page, 'told', 'Refused with 403')
      await nextAnswer(page)
      expect(await sayingOf(page, 'told')).toContain('Refused with 403')
      goOn()
      await says(page, 'server-answer', '200')
      expect(await sayingOf(page, 'told')).toContain('Refused with 403')
      const goOnAgain = demo.sandbox.faults.expireAccessTokens()
      await says(page, 'told', 'the cached access token is over')
      goOnAgain()
      await says(page, 'server-answer', '200')
      expect(await sayingOf(page, 'told')).toBe('Your server’s own calls go through again.')
    }))

  it('says that the platform refuses a token which it takes again', () =>
    asAna(async (page) => {
      await press(page, 'Make upstream fail')
      await says(page, 'told', 'you notice nothing')
      await press(page, 'Expire my access token')
      await says(page, 'told', '401')
      await says(page, 'server-answer', '200')
      expect(await sayingOf(page, 'told')).toMatch(/^For this one call .* the call ended with 50\d/)
    }))
})

describe.skipIf(inject('browser') === '')('without a server the page', () => {
  it('takes somebody for signed out, or in, or says nothing', async () => {
    const demo = await startDemo('express')
    onTestFinished(() => demo.close())
    const context = await demo.browser.newContext()
    onTestFinished(() => context.close())
    const page = await open(demo, context)
    const visitor = await open(demo, await demo.browser.newContext())
    await signIn(page, 'Ana')
    await demo.stopServer()
    await says(page, 'notice', 'The server does not answer')
    expect(await sayingOf(page, 'notice')).toMatch(/true at \d\d:\d\d:\d\d/)
    expect(await page.frameLocator('iframe').getByRole('listitem').count()).toBe(6)
    await page.frameLocator('iframe').getByText('No new token: unreachable').waitFor()
    await says(page, 'server-answer', 'There was no answer')
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ]) {
      await page.setViewportSize(viewport)
      expect(await coveredIn(page)).toEqual([])
    }

    await press(page, 'Mint from another origin')
    await press(page, 'Pretend to be Bruno')
    await says(page, 'told', 'Nothing came of it')
    await page.locator('#elsewhere:not([aria-busy])').waitFor()
    expect(await sayingOf(page, 'told')).toContain('Nothing came of it')
    await press(page, 'Mint from another origin')
    await says(page, 'told', 'No token for')
    expect(await sayingOf(page, 'told')).toContain('is it still there?')

    await press(page, 'Log out')
    await says(page, 'notice', 'You are still signed in')
    expect(await sayingOf(page, 'who')).toContain('Ana')
    await nextAnswer(page)
    expect(await sayingOf(page, 'notice')).toContain('You are still signed in')

    await press(visitor, 'Sign in as Ana')
    await visitor.getByText('You are not signed in: the server does not answer').waitFor()
    await press(visitor, 'Attack tesouro-tokens')
    expect(await answerOf(visitor, 'ours-got')).toContain('No answer')
  })
})

/** What somebody cannot press, or what has moved, because of what the page has to say; at the top of the page. */
const coveredIn = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    scrollTo(0, 0)
    const places = (): [string, DOMRect][] =>
      [...document.querySelectorAll('button:not([hidden]), input, summary, .card')]
        .filter((found) => found.checkVisibility())
        .map((found) => [found.id || found.className || found.nodeName, found.getBoundingClientRect()])
    const notice = document.querySelector('#notice')
    const { left, right, top, bottom } = notice?.getBoundingClientRect() ?? new DOMRect()
    const wrong = places()
      .filter(([, at]) => at.left < right && at.right > left && at.top < bottom && at.bottom > top)
      .map(([name]) => `${name} is covered`)
    const said = notice?.textContent ?? ''
    const before = places()
    notice?.replaceChildren()
    const after = places()
    notice?.append(said)
    for (const [index, [name, { top: now }]] of before.entries())
      if (after[index]?.[1].top !== now) wrong.push(`${name} has moved`)
    return wrong
  })
