import type { BrowserContext, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInChromium, errors, fetched, keep, makeFetcher, tokens, until } from './world/pages.js'
import { json, tokenOf } from './world/server.js'

// Failures, and what they do to those who could go on.

describeInChromium('a failure', (pages) => {
  /** `headers` of this keeper throw each time. */
  const keepInVain = (page: Page): Promise<void> =>
    page.evaluate(() => {
      window.lib.keepWidgetToken({
        userId: 'ana',
        headers: () => {
          throw new Error('no headers')
        },
        onToken: () => {},
        onError: ({ code }) => void window.seen.errors.push(code),
      })
    })

  async function secondsUntil(context: BrowserContext, isSo: () => unknown): Promise<number> {
    let seconds = 0
    while (seconds < 60 && !(await isSo())) {
      await pages.pass(context, 1_000)
      seconds += 1
    }
    return seconds
  }

  test.each([
    ['each time', () => {}],
    [
      'each time, where there are no locks',
      () => Object.defineProperty(navigator, 'locks', { value: undefined }),
    ],
  ] as const)(
    'of one keeper’s headers, %s, keeps another one waiting for more than a pause',
    async (_, prepare) => {
      const context = await pages.fresh()
      await context.addInitScript(prepare)
      const page = await pages.open(context)
      await pages.stand(context, page)
      await page.evaluate(() => Object.assign(Math, { random: () => 0.5 }))
      await keepInVain(page)
      await keep(page)
      await secondsUntil(context, async () => (await tokens(page)()).length > 0)
      expect(await tokens(page)()).toEqual(['canary-token-ana-1'])
      // Each keeper of the page is told of each: of one failure, or of two where both begin at the same time.
      expect((await errors(page)()).length).toBeLessThanOrEqual(4)
    },
  )

  test('of one keeper throws away the token that another one has asked for, where there are no locks', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }))
    const page = await pages.open(context)
    let finish = (): void => {}
    pages.world.answer = (_, response) => {
      finish = () => json(response, 200, tokenOf('ana', 480, 1))
    }
    await keep(page)
    await pages.asked(1)
    await keepInVain(page)
    await context.clock.runFor(500)
    await until(errors(page), ['unreachable', 'unreachable'])
    finish()
    await until(tokens(page), ['canary-token-ana-1'])
  })

  test('that is told after 8 s is followed by a pause that is longer for that', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => Object.assign(Math, { random: () => 0.5 }))
    const page = await pages.open(context)
    await pages.stand(context, page)
    // Other tabs are told when each pause ends.
    const told = await page.evaluateHandle(() => {
      const seconds: number[] = []
      new BroadcastChannel('tesouro-tokens/1').onmessage = ({ data: { code, until } }) => {
        if (code) seconds.push((until - Date.now()) / 1_000)
      }
      return seconds
    })
    let finish = (): void => {}
    pages.world.answer = (_, response) => {
      finish = () => json(response, 500, {})
    }
    await keep(page)
    for (let failure = 1; failure <= 3; failure += 1) {
      while (pages.world.asked.length < failure) {
        await context.clock.runFor(1_000)
        // Its answer is held back: what the page has sent is only waited for until the server has it.
        const idle = (): Promise<boolean> => page.evaluate(() => !window.underWay)
        await until(async () => pages.world.asked.length === failure || (await idle()), true)
      }
      await context.clock.runFor(8_000)
      finish()
      await until(() => told.evaluate((seconds) => seconds.length), failure)
    }
    expect(await told.jsonValue()).toEqual([1.5, 2.25, 3.375])
  })

  test('that somebody else posts, with a life that is no number, ends all pauses', async () => {
    const context = await pages.fresh()
    const [page, other] = [await pages.open(context), await pages.open(context)]
    pages.world.answer = (_, response) => json(response, 500, {})
    await keep(page)
    await until(errors(page), ['http_500'])
    await other.evaluate(() => {
      const name = `${location.origin}/api/tesouro/widget-token ana`
      new BroadcastChannel('tesouro-tokens/1').postMessage({
        name,
        code: 'odd',
        life: 'no number',
        until: Date.now() + 500,
      })
    })
    await until(async () => (await errors(page)()).includes('odd'), true)
    for (let tenth = 0; tenth < 50; tenth += 1) await pages.pass(context, 100)
    expect(pages.world.asked.length).toBeLessThanOrEqual(5)
  })

  test('that comes while a call waits for the end of a short pause is not heard: it asks before Retry-After is over', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => Object.assign(Math, { random: () => 0.9 }))
    const [page, other] = [await pages.open(context), await pages.open(context)]
    const lock = async (): Promise<number | undefined> =>
      (await page.evaluate(() => navigator.locks.query())).held?.length
    await pages.stand(context, page)
    pages.world.answer = (_, response) => json(response, 500, {})
    await makeFetcher(page)
    const first = fetched(page)
    await until(lock, 1)
    await context.clock.runFor(150)
    expect(await first).toBe('http_500')
    const call = fetched(page) // it waits for 1.9 s
    pages.world.answer = (_, response) =>
      json(response, 429, { code: 'rate_limited' }, { 'retry-after': '600' })
    await keep(other)
    await until(lock, 1)
    await context.clock.runFor(150)
    await until(errors(page), ['http_500', 'rate_limited'])
    for (let second = 0; second < 5; second += 1) await pages.pass(context, 1_000)
    expect(await call).toBe('rate_limited')
    await pages.asked(2)
  })
})
