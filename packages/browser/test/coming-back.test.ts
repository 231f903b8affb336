import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type * as lib from '../src/index.js'
import { describeInChromium, fetched, keep, makeFetcher, seen, tokens, until } from './world/pages.js'

describeInChromium('a page that comes back', (pages) => {
  /** Leaves the page, and comes back to it. Playwright's own clock keeps pages out of the cache, and so does its goBack. */
  async function leaveAndComeBack(page: Page, meanwhile: () => unknown): Promise<void> {
    await page.evaluate(() => Object.assign(window, { left: true }))
    await page.goto(`${pages.world.origin}/other`)
    await meanwhile()
    await page.evaluate(() => history.back())
    await until(() => page.evaluate(() => 'left' in window), true)
  }

  test('from the back/forward cache asks nobody whether its user is still signed in, or could not be kept there', async () => {
    const context = await pages.fresh({ clock: false })
    const page = await pages.open(context)
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await leaveAndComeBack(page, () => {
      pages.world.session = undefined
    })
    await until(async () => (await seen(page)).ends, ['not_signed_in'])
    await pages.asked(2)
  })

  test('from the back/forward cache gets no token any more, or hears the other tabs no more', async () => {
    const context = await pages.fresh({ clock: false })
    const page = await pages.open(context)
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    const other = await pages.open(context)
    // A page that hears something while it is in the cache is thrown out of it.
    await leaveAndComeBack(page, async () => {
      await keep(other)
      await until(tokens(other), ['canary-token-ana-2'])
    })
    // The other tab's, or on a busy machine one of its own.
    await until(async () => (await tokens(page)()).length > 1, true)
    expect(pages.world.asked.length).toBeLessThanOrEqual(3)
    await other.evaluate(() => window.lib.announceSignOut())
    await until(async () => (await seen(page)).ends, ['not_signed_in'])
  })

  test('from the background, where a token became old, is left with it', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => {
      const visibility = { hidden: false }
      Object.defineProperty(document, 'hidden', { get: () => visibility.hidden })
      Object.assign(window, { visibility })
    })
    const page = await pages.open(context)
    const show = (hidden: boolean): Promise<void> =>
      page.evaluate((value) => {
        Object.assign(Reflect.get(window, 'visibility'), { hidden: value })
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
      }, hidden)
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await show(true)
    await context.clock.runFor(6_000) // from here on it has one timer only, for the end of the token
    await context.clock.setSystemTime(Date.now() + 3_600_000) // its timers stood still
    await pages.asked(1)
    await show(false)
    await until(tokens(page), ['canary-token-ana-1', 'canary-token-ana-2'])
  })

  test('from a sleep, in which its timers stood still, waits for them', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => {
      // what happens to a laptop: the wall clock goes on, the monotonic one and timers do not
      const asleep = { ms: 0 }
      const { now } = performance
      performance.now = () => now.call(performance) - asleep.ms
      Object.assign(window, { asleep })
    })
    const page = await pages.open(context)
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await page.evaluate('asleep.ms = 3_600_000')
    await context.clock.setSystemTime(Date.now() + 3_600_000)
    await context.clock.runFor(5_100)
    await until(tokens(page), ['canary-token-ana-1', 'canary-token-ana-2'])
  })

  test('online waits for the end of the pause', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => Object.assign(Math, { random: () => 0.99 }))
    const page = await pages.open(context)
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await context.setOffline(true)
    await context.clock.fastForward(445_000)
    await until(async () => (await seen(page)).errors.length > 0, true)
    for (let second = 0; second < 31; second += 1) await context.clock.runFor(1_000)
    await pages.stand(context, page) // in the middle of a pause of 30 s
    expect(await tokens(page)()).toHaveLength(1)
    await context.setOffline(false)
    await until(async () => {
      await context.clock.runFor(20)
      return (await tokens(page)()).length
    }, 2)
  })

  test('looked at again and again ends each pause of a request that could not be sent', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => Object.assign(Math, { random: () => 0.99 }))
    const page = await pages.open(context)
    await page.evaluate(() => {
      window.lib.keepWidgetToken({
        userId: 'ana',
        headers: () => Promise.reject(new Error('no headers')),
        onToken: () => {},
        onError: ({ code }) => void window.seen.errors.push(code),
      })
    })
    const failures = async (): Promise<number> => (await seen(page)).errors.length
    await until(async () => (await failures()) > 0, true)
    await pages.stand(context, page)
    const before = await failures()
    for (let time = 0; time < 12; time += 1) {
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))
      await until(async () => (await page.evaluate(() => navigator.locks.query())).pending?.length, 0)
      await context.clock.runFor(250)
    }
    // Pauses are 2 s, then 4, 8 and so on: one may end in these 3 s.
    expect(await failures()).toBeLessThanOrEqual(before + 1)
  })

  test('from a sleep in the second that a call waits is given a token that has expired', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await makeFetcher(page)
    await pages.stand(context, page)
    await page.evaluate(() => {
      const second = window.fetcher?.().then(({ widgetToken }) => {
        window.seen.tokens.push(widgetToken)
        return window.fetcher?.()
      })
      Object.assign(window, { second })
    })
    for (let tenth = 0; tenth < 600 && pages.world.asked.length === 0; tenth += 1)
      await pages.pass(context, 100)
    await until(tokens(page), ['canary-token-ana-1'])
    await context.clock.fastForward(900_000)
    const { widgetToken, expiresIn } = await page.evaluate<lib.WidgetToken>('second')
    expect(widgetToken).toBe('canary-token-ana-2')
    expect(expiresIn).toBeGreaterThan(450)
  })

  test('a wrong clock, or one that is set, makes a good token old or an old one good', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await context.clock.setSystemTime(Date.now() - 600_000)
    await keep(page)
    await makeFetcher(page)
    await until(tokens(page), ['canary-token-ana-1'])
    const life = await page.evaluate(async () => ((await window.fetcher?.())?.exp ?? 0) - Date.now() / 1000)
    expect(life).toBeGreaterThan(470)
    expect(life).toBeLessThanOrEqual(480)
    await context.clock.runFor(10_000)
    await context.clock.setSystemTime(Date.now() - 1_200_000)
    await context.clock.runFor(10_000)
    await pages.asked(1)
    await context.clock.fastForward(425_000)
    await until(tokens(page), ['canary-token-ana-1', 'canary-token-ana-2'])
    await pages.asked(2)
  })

  test('a provider whose lead is longer than the life of its tokens asks in a loop', async () => {
    const context = await pages.fresh()
    pages.world.life = 40
    const page = await pages.open(context)
    await makeFetcher(page)
    const calls = page.evaluate(async () => {
      let count = 0
      const until = Date.now() + 60_000
      while (Date.now() < until) {
        await window.fetcher?.()
        count += 1
      }
      return count
    })
    for (let second = 0; second < 70; second += 1) await pages.pass(context, 1_000)
    expect(await calls).toBeLessThanOrEqual(65)
    expect(pages.world.asked.length).toBeLessThanOrEqual(5)
    expect(await fetched(page)).toContain('canary')
  })

  test('a lead longer than the life makes a keeper ask in a loop', async () => {
    const context = await pages.fresh()
    pages.world.life = 40
    const page = await pages.open(context)
    await keep(page, { leadSeconds: 600 })
    await until(async () => (await tokens(page)()).length, 1)
    await pages.stand(context, page)
    for (let second = 0; second < 60; second += 1) await pages.pass(context, 1_000)
    expect(pages.world.asked.length).toBeGreaterThanOrEqual(3)
    expect(pages.world.asked.length).toBeLessThanOrEqual(4)
  })
})
