import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInChromium, errors, fetched, keep, makeFetcher, tokens, until } from './world/pages.js'
import { json } from './world/server.js'

describeInChromium('a page that begins again after a failure', (pages) => {
  const refuse = (retryAfter: string): void => {
    pages.world.answer = (_, response) =>
      json(response, 429, { code: 'rate_limited' }, { 'retry-after': retryAfter })
  }
  const keepAgainInOnError = (page: Page, user: { userId?: string }): Promise<void> =>
    page.evaluate((given) => {
      const begin = (): void => {
        const stop = window.lib.keepWidgetToken({
          ...given,
          onToken: ({ widgetToken }) => void window.seen.tokens.push(widgetToken),
          onError: ({ code }) => {
            window.seen.errors.push(code)
            stop()
            begin()
          },
        })
      }
      begin()
    }, user)

  test.each([
    ['for a user', { userId: 'ana' }],
    ['for nobody in particular', {}],
  ])('%s, in onError, asks before Retry-After is over', async (_, user) => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    refuse('3000')
    await keepAgainInOnError(page, user)
    await until(errors(page), ['rate_limited'])
    for (let second = 0; second < 40; second += 1) await pages.pass(context, 1_000)
    await pages.asked(1)
    pages.world.answer = undefined
    await context.clock.fastForward(3_000_000)
    await until(tokens(page), ['canary-token-ana-2'])
  })

  test('in onError, each time, is never given a longer pause', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => Object.assign(Math, { random: () => 0.5 }))
    const page = await pages.open(context)
    pages.world.answer = (_, response) => void response.writeHead(500).end()
    await keepAgainInOnError(page, { userId: 'ana' })
    while (pages.world.asked.length < 8) await pages.pass(context, 1_000)
    // 1.5, 2.25, … 17 s
    expect(await page.evaluate(() => performance.now() / 1_000)).toBeGreaterThan(45)
  })

  test('with a sign-out of its own in onError asks in a loop', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    refuse('3000')
    await page.evaluate(() => {
      const begin = (): void =>
        void window.lib.keepWidgetToken({
          userId: 'ana',
          onToken: () => {},
          onError: () => window.lib.announceSignOut(),
          onSignedOut: begin,
        })
      begin()
    })
    while (pages.world.asked.length < 8) await pages.pass(context, 1_000)
    expect(await page.evaluate(() => performance.now() / 1_000)).toBeGreaterThan(13)
  })

  test('and a sign-out has to wait for all of Retry-After', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    refuse('3000')
    await keep(page)
    await until(errors(page), ['rate_limited'])
    pages.world.answer = undefined
    await page.evaluate(() => window.lib.announceSignOut())
    await keep(page)
    for (let second = 0; second < 60 && (await tokens(page)()).length === 0; second += 1)
      await pages.pass(context, 1_000)
    expect(await tokens(page)()).toEqual(['canary-token-ana-2'])
  })

  test('with a fetcher keeps that waiting, or the other tabs from the lock', async () => {
    const page = await pages.open(await pages.fresh())
    refuse('3000')
    await keep(page)
    await until(errors(page), ['rate_limited'])
    await page.evaluate(() => window.stopKeeping?.())
    await makeFetcher(page)
    expect(await fetched(page)).toBe('rate_limited')
    await pages.asked(1)
  })

  test('for another user waits for the first one’s pause', async () => {
    const page = await pages.open(await pages.fresh())
    refuse('3000')
    await keep(page)
    await until(errors(page), ['rate_limited'])
    await page.evaluate(() => window.stopKeeping?.())
    Object.assign(pages.world, { answer: undefined, session: 'bruno' })
    await keep(page, { userId: 'bruno' })
    await until(tokens(page), ['canary-token-bruno-2'])
  })
})
