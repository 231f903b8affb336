import type { BrowserContext } from 'playwright-core'
import { expect, test } from 'vitest'
import {
  describeInChromium,
  fetched,
  keep,
  limitsByTheClock,
  makeFetcher,
  seen,
  tokens,
  until,
} from './world/pages.js'
import { endpoint, json } from './world/server.js'

// What made a page stop, or pause for too long.

describeInChromium('a page goes on without a token', (pages) => {
  async function passUntil(context: BrowserContext, isSo: () => Promise<boolean>): Promise<void> {
    for (let second = 0; second < 200 && !(await isSo()); second += 1) await pages.pass(context, 1_000)
    expect(await isSo()).toBe(true)
  }

  test.each([
    [
      'whose clock was set',
      480,
      (context: BrowserContext) => context.clock.setSystemTime(Date.now() + 600_000),
    ],
    ['that took longer than the life', 9, (context: BrowserContext) => context.clock.fastForward(10_000)],
  ] as const)('for ever after an answer %s', async (_, life, meanwhile) => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    pages.world.life = life
    let finish = (): void => {}
    pages.world.answer = (asked, response) => {
      finish = () => endpoint(pages.world)(asked, response)
    }
    await keep(page)
    await pages.asked(1)
    await meanwhile(context)
    finish()
    Object.assign(pages.world, { answer: undefined, life: 480 })
    await until(async () => (await seen(page)).errors, ['short_life'])
    await passUntil(context, async () => (await tokens(page)()).length === 1)
    await pages.asked(2)
  })

  test.each([
    ['Infinity', 3_601],
    ['99999999999', 3_601],
    ['maybe 2050', 3],
    ['-5', 3],
    ['Fri, 31 Dec 2100 23:59:59 GMT', 3],
  ] as const)('for more than an hour because of Retry-After: %s', async (after, seconds) => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    pages.world.answer = (_, response) => {
      pages.world.answer = undefined
      json(response, 503, { code: 'odd' }, { 'retry-after': after })
    }
    await keep(page)
    await until(async () => (await seen(page)).errors, ['odd'])
    await context.clock.fastForward(seconds * 1_000)
    await passUntil(context, async () => (await tokens(page)()).length === 1)
    await pages.asked(2)
  })

  test('because of a pause that another tab’s token has ended', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    pages.world.answer = (_, response) =>
      json(response, 429, { code: 'rate_limited' }, { 'retry-after': '3000' })
    await keep(page)
    await until(async () => (await seen(page)).errors, ['rate_limited'])
    pages.world.answer = undefined
    const other = await pages.open(context)
    await keep(other)
    await until(tokens(page), ['canary-token-ana-2'])
    await other.close()
    await context.clock.fastForward(445_000)
    await until(tokens(page), ['canary-token-ana-2', 'canary-token-ana-3'])
  })

  test('until a tab that stands still gives up the lock', async () => {
    const context = await pages.fresh()
    await limitsByTheClock(context)
    pages.world.life = 60
    const [still, page] = [await pages.open(context), await pages.open(context)]
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await pages.holdLock(still)
    const left = await page.evaluate(() => performance.now()) // no less than the age of the token
    for (let second = 0; second < 59 - left / 1_000; second += 1) await pages.pass(context, 1_000)
    await until(tokens(page), ['canary-token-ana-1', 'canary-token-ana-2'])
  })

  test('because another keeper of the page, which has stopped, waits for its headers', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await pages.stand(context, page)
    await page.evaluate(() => {
      window.stopKeeping = window.lib.keepWidgetToken({
        userId: 'ana',
        headers: () => {
          window.seen.errors.push('asked for headers')
          return new Promise(() => {})
        },
        onToken: () => {},
      })
    })
    await until(async () => {
      await context.clock.runFor(20)
      return (await seen(page)).errors
    }, ['asked for headers'])
    await page.evaluate(() => window.stopKeeping?.())
    await keep(page)
    const lock = (): Promise<number | undefined> =>
      page.evaluate(async () => (await navigator.locks.query()).held?.length)
    await until(lock, 1)
    await context.clock.runFor(1_000)
    await until(tokens(page), ['canary-token-ana-1'])
  })

  test('because a keeper without userId has failed while another one began', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    let finish = (): void => {}
    pages.world.answer = (_, response) => {
      pages.world.answer = undefined
      finish = () => json(response, 500, {})
    }
    await keep(page, {})
    await pages.asked(1)
    await pages.stand(context, page)
    await keep(page, {})
    const locks = (): Promise<number | undefined> =>
      page.evaluate(async () => (await navigator.locks.query()).held?.length)
    await until(locks, 2) // the second one waits for what others have
    finish()
    await until(async () => (await seen(page)).errors, ['http_500'])
    for (let tenth = 0; tenth < 30; tenth += 1) await pages.pass(context, 100)
    await until(async () => (await tokens(page)()).length, 2)
  })

  test('where BroadcastChannel is there and throws', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => {
      BroadcastChannel.prototype.postMessage = () => {
        throw new Error('no messages')
      }
    })
    const page = await pages.open(context)
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await page.evaluate(() => window.lib.announceSignOut())
    expect((await seen(page)).ends).toEqual(['not_signed_in'])
    expect(pages.complaints).toEqual([])
  })

  test('where its locks are missing, or asks itself', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }))
    const page = await pages.open(context)
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await context.clock.fastForward(445_000)
    await until(tokens(page), ['canary-token-ana-1', 'canary-token-ana-2'])
    await makeFetcher(page)
    expect(await fetched(page)).toBe('canary-token-ana-2')
    await pages.asked(2)
    expect(pages.complaints).toEqual([])
  })
})
