import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInChromium, ends, fetched, keep, makeFetcher, seen, until } from './world/pages.js'
import { json } from './world/server.js'

describeInChromium('after a sign-out', (pages) => {
  const announce = (page: Page): Promise<void> => page.evaluate(() => window.lib.announceSignOut())

  test('a new fetcher, made at once, is refused, or is not told of the next one', async () => {
    const page = await pages.open(await pages.fresh())
    await makeFetcher(page)
    expect(await fetched(page)).toBe('canary-token-ana-1')
    const got = await page.evaluate(() => {
      window.lib.announceSignOut()
      window.fetcher = window.lib.createWidgetTokenFetcher({
        userId: 'ana',
        onSignedOut: (why) => void window.seen.ends.push(`again ${why}`),
      })
      return window.fetcher().then(({ widgetToken }) => widgetToken)
    })
    expect(got).toBe('canary-token-ana-2')
    await announce(page)
    await until(ends(page), ['not_signed_in', 'again not_signed_in'])
  })

  test.each([
    ['not_signed_in', 401],
    ['identity_mismatch', 403],
  ] as const)(
    'that the endpoint told as %s with a long Retry-After, a new fetcher has to wait for that',
    async (code, status) => {
      const context = await pages.fresh()
      const page = await pages.open(context)
      pages.world.answer = (_, response) => json(response, status, { code }, { 'retry-after': '600' })
      await makeFetcher(page)
      expect(await fetched(page)).toBe(code)
      pages.world.answer = undefined
      await makeFetcher(page)
      const call = fetched(page)
      for (let second = 0; second < 4; second += 1) await context.clock.runFor(1_000)
      expect(await call).toBe('canary-token-ana-2')
    },
  )

  test('that the endpoint told in an answer without end, a page waits for the end', async () => {
    const page = await pages.open(await pages.fresh())
    pages.world.answer = (_, response) => {
      response.writeHead(401).write('{')
    }
    await makeFetcher(page)
    expect(await fetched(page)).toBe('not_signed_in')
    expect(await ends(page)()).toEqual(['not_signed_in'])
  })

  test('a page that has no BroadcastChannel goes on', async () => {
    const context = await pages.fresh()
    await context.addInitScript(() => Reflect.deleteProperty(window, 'BroadcastChannel'))
    const page = await pages.open(context)
    await keep(page)
    await until(async () => (await seen(page)).tokens, ['canary-token-ana-1'])
    await announce(page)
    expect(await ends(page)()).toEqual(['not_signed_in'])
    await context.clock.runFor(600_000)
    await pages.asked(1)
  })

  test('only the fetcher that was called last is told, or a failure reaches only that', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(async () => {
      const options = (name: string) => ({
        userId: 'ana',
        onSignedOut: () => void window.seen.ends.push(name),
        onError: () => void window.seen.errors.push(name),
      })
      await window.lib.createWidgetTokenFetcher(options('first'))()
      window.lib.keepWidgetToken({ ...options('keeper'), onToken: () => {} })
      await window.lib.createWidgetTokenFetcher(options('second'))()
      await window.lib.createWidgetTokenFetcher({ userId: 'ana' })()
    })
    pages.world.answer = (_, response) => void response.writeHead(503).end()
    await context.clock.fastForward(445_000)
    await until(async () => (await seen(page)).errors.sort(), ['first', 'keeper', 'second'])
    await announce(page)
    expect((await ends(page)()).sort()).toEqual(['first', 'keeper', 'second'])
  })

  test('a page that begins again in onSignedOut is signed out in a loop, or floods the server', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    pages.world.session = undefined
    await pages.stand(context, page)
    await page.evaluate(() => {
      const begin = (): void =>
        void window.lib.keepWidgetToken({
          userId: 'ana',
          onToken: () => {},
          onSignedOut: (why) => {
            window.seen.ends.push(`${why} ${Date.now()}`)
            begin()
          },
        })
      begin()
      window.lib.announceSignOut()
    })
    // That of the announcement. The page's time stands still, so there can be no second one yet.
    expect(await ends(page)()).toHaveLength(1)
    // How many tenths of a second of its time pass until the page has the lock is a matter of the machine.
    for (let tenth = 0; tenth < 600 && pages.world.asked.length < 5; tenth += 1)
      await pages.pass(context, 100)
    await until(async () => (await ends(page)()).length, 6)
    const [, ...times] = (await ends(page)()).map((end) => Number(end.split(' ')[1]))
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? time))
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000)
  })
})
