import { expect, test } from 'vitest'
import { describeInChromium, ends, fetched, keep, makeFetcher, seen, tokens, until } from './world/pages.js'

describeInChromium('the end of a session', (pages) => {
  test('a tab goes on asking after a logout, or is told of it twice', async () => {
    const context = await pages.fresh()
    const tabs = await Promise.all([1, 2, 3].map(() => pages.open(context)))
    await Promise.all(tabs.map((tab) => keep(tab)))
    for (const tab of tabs) await until(tokens(tab), ['canary-token-ana-1'])
    pages.world.session = undefined
    await context.clock.fastForward(445_000)
    for (const tab of tabs) await until(ends(tab), ['not_signed_in'])
    await pages.asked(2)
    await context.clock.runFor(100_000)
    await tabs[0]?.evaluate(() => {
      dispatchEvent(new Event('online'))
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    })
    await context.clock.runFor(100_000)
    await pages.asked(2)
    for (const tab of tabs) expect(await ends(tab)()).toEqual(['not_signed_in'])
  })

  test('a logout that one of ten tabs announces costs a request, or leaves a tab out', async () => {
    const context = await pages.fresh()
    const tabs = await Promise.all(Array.from({ length: 9 }, () => pages.open(context)))
    await Promise.all(tabs.map((tab) => keep(tab)))
    const other = await pages.open(context)
    await keep(other, {})
    for (const tab of tabs) await until(tokens(tab), ['canary-token-ana-1'])
    await until(async () => (await tokens(other)()).length, 1)
    const before = pages.world.asked.length
    pages.world.session = undefined
    await tabs[0]?.evaluate(() => window.lib.announceSignOut())
    for (const tab of [...tabs, other]) await until(ends(tab), ['not_signed_in'])
    await context.clock.runFor(600_000)
    await pages.asked(before)
  })

  test('a request under way at a logout still brings a token', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    let finish = (): void => {}
    pages.world.answer = (_, response) => {
      finish = () => void response.end('{"widgetToken":"late","expiresIn":480}')
    }
    await keep(page)
    await makeFetcher(page)
    const call = fetched(page)
    await pages.asked(1)
    await page.evaluate(() => window.lib.announceSignOut())
    expect(await call).toBe('not_signed_in')
    await until(async () => pages.world.asked[0]?.gone, true)
    finish()
    expect(await seen(page)).toEqual({ tokens: [], ends: ['not_signed_in', 'not_signed_in'], errors: [] })
  })

  test('a fetcher asks again after a 401, or a new one does not', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    pages.world.session = undefined
    await makeFetcher(page)
    expect(await fetched(page)).toBe('not_signed_in')
    await context.clock.runFor(60_000)
    expect(await fetched(page)).toBe('not_signed_in')
    await pages.asked(1)
    expect(await ends(page)()).toEqual(['not_signed_in'])

    pages.world.session = 'ana'
    await makeFetcher(page)
    expect(await fetched(page)).toBe('canary-token-ana-2')
    await pages.asked(2)
  })

  test('a component that makes a fetcher at each render floods a server that says 401', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    pages.world.session = undefined
    await pages.stand(context, page)
    const renders = page.evaluate(async () => {
      for (let render = 0; render < 10; render += 1)
        await window.lib
          .createWidgetTokenFetcher({ userId: 'ana' })()
          .catch(({ code }) => window.seen.errors.push(code))
    })
    // How many tenths of a second of its time pass until the page has the lock is a matter of the machine.
    let tenths = 0
    for (; tenths < 1_200 && pages.world.asked.length < 5; tenths += 1) await pages.pass(context, 100)
    await pages.asked(5)
    // 1 to 2 s after each of the four before
    expect(tenths).toBeGreaterThanOrEqual(40)
    const told = async (): Promise<number> => (await seen(page)).errors.length
    for (let second = 0; second < 120 && (await told()) < 10; second += 1) await pages.pass(context, 1_000)
    await renders
    expect((await seen(page)).errors).toEqual(Array(10).fill('not_signed_in'))
  })

  test('a pause that ends in the middle of a call hides why there is no token', async () => {
    const page = await pages.open(await pages.fresh())
    pages.world.session = undefined
    await page.evaluate(() => {
      let time = 0
      performance.now = () => (time += 700)
    })
    for (let render = 0; render < 10; render += 1) {
      await makeFetcher(page)
      expect(await fetched(page)).toBe('not_signed_in')
    }
  })

  test('a page shows on when another user has signed in, in another tab', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    pages.world.session = 'bruno'
    await context.clock.fastForward(445_000)
    await until(ends(page), ['identity_mismatch'])
    await context.clock.runFor(100_000)
    await pages.asked(2)
    expect(await tokens(page)()).toEqual(['canary-token-ana-1'])
  })

  test('stop leaves a request, a timer or a callback behind', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    pages.world.answer = () => {}
    await keep(page)
    await pages.asked(1)
    await page.evaluate(() => window.stopKeeping?.())
    await until(async () => pages.world.asked[0]?.gone, true)
    await context.clock.runFor(1_000_000)
    await pages.asked(1)
    expect(await seen(page)).toEqual({ tokens: [], ends: [], errors: [] })
    expect(pages.complaints).toEqual([])
  })

  test('a component that is mounted twice, as in React’s StrictMode, gets no token or asks twice', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(() => {
      const options = {
        onToken: ({ widgetToken }: { widgetToken: string }) => void window.seen.tokens.push(widgetToken),
      }
      window.lib.keepWidgetToken(options)()
      window.lib.keepWidgetToken(options)
    })
    await until(tokens(page), ['canary-token-ana-1'])
    await pages.asked(1)
  })

  test('a component that is mounted again is told that the request of its first time was stopped, or waits for that', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    pages.world.answer = () => {}
    await keep(page)
    await pages.asked(1)
    pages.world.answer = undefined
    await page.evaluate(() => {
      window.stopKeeping?.()
      window.lib.keepWidgetToken({
        userId: 'ana',
        onToken: ({ widgetToken }) => void window.seen.tokens.push(widgetToken),
        onError: ({ code }) => void window.seen.errors.push(code),
      })
    })
    await until(tokens(page), ['canary-token-ana-2'])
    expect(await seen(page)).toEqual({ tokens: ['canary-token-ana-2'], ends: [], errors: [] })
    await pages.asked(2)
  })

  test('a callback that throws or rejects stops the others, or is not heard of', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(() => {
      const { keepWidgetToken } = window.lib
      keepWidgetToken({
        userId: 'ana',
        onToken: () => {
          throw new Error('thrown by the page')
        },
      })
      keepWidgetToken({
        userId: 'ana',
        onToken: async () => Promise.reject(new Error('rejected by the page')),
      })
    })
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await until(async () => [...pages.complaints].sort(), ['rejected by the page', 'thrown by the page'])
  })
})
