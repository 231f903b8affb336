import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInChromium, fetched, keep, makeFetcher, seen, tokens, until } from './world/pages.js'
import { endpoint } from './world/server.js'

describeInChromium('tabs of one origin', (pages) => {
  test('each sends a request of its own', async () => {
    const context = await pages.fresh()
    const tabs = await Promise.all([1, 2, 3, 4].map(() => pages.open(context)))
    await Promise.all(tabs.map((tab) => keep(tab)))
    for (const tab of tabs) await until(tokens(tab), ['canary-token-ana-1'])
    await pages.asked(1)
  })

  test('a tab that is opened later does not get the token of the others', async () => {
    const context = await pages.fresh()
    const first = await pages.open(context)
    await keep(first)
    await until(tokens(first), ['canary-token-ana-1'])
    await context.clock.fastForward(100_000)
    await pages.stand(context, first) // the tenth of a second in which a tab may answer
    const second = await pages.open(context)
    await makeFetcher(second)
    const told = second.evaluate(
      () =>
        new Promise<void>((resolve) => {
          new BroadcastChannel('tesouro-tokens/1').onmessage = ({ data }) => data.widgetToken && resolve()
        }),
    )
    const call = fetched(second)
    await told
    await context.clock.resume()
    expect(await call).toBe('canary-token-ana-1')
    const { exp, expiresIn } = await second.evaluate(async () => {
      const token = await window.fetcher?.()
      return { exp: (token?.exp ?? 0) - Date.now() / 1000, expiresIn: token?.expiresIn ?? 0 }
    })
    expect(expiresIn).toBeLessThanOrEqual(380)
    expect(expiresIn).toBeGreaterThan(280)
    expect(Math.abs(exp - expiresIn)).toBeLessThanOrEqual(1)
    await pages.asked(1)
  })

  test('a fetcher or keeper that is made anew, for each render, asks for a token that is at hand', async () => {
    const page = await pages.open(await pages.fresh())
    for (let render = 0; render < 5; render += 1) {
      await keep(page)
      await until(async () => (await tokens(page)()).length, render + 1)
    }
    await makeFetcher(page)
    expect(await fetched(page)).toBe('canary-token-ana-1')
    await pages.asked(1)
  })

  test('a renewal is sent more than once, or a tab is left with the old token', async () => {
    const context = await pages.fresh()
    const tabs = await Promise.all([1, 2, 3].map(() => pages.open(context)))
    await Promise.all(tabs.map((tab) => keep(tab)))
    for (const tab of tabs) await until(tokens(tab), ['canary-token-ana-1'])
    await context.clock.fastForward(445_000)
    for (const tab of tabs) await until(tokens(tab), ['canary-token-ana-1', 'canary-token-ana-2'])
    await pages.asked(2)
  })

  test('a page without userId is given the older token of somebody who was signed in before', async () => {
    const context = await pages.fresh()
    const first = await pages.open(context)
    await keep(first, {})
    await until(tokens(first), ['canary-token-ana-1'])
    pages.world.session = 'bruno'
    const second = await pages.open(context)
    await keep(second, {})
    await until(tokens(second), ['canary-token-bruno-2'])
  })

  test('a page is given the token of another user', async () => {
    const context = await pages.fresh()
    const first = await pages.open(context)
    await keep(first)
    await until(tokens(first), ['canary-token-ana-1'])
    pages.world.session = 'bruno'
    const second = await pages.open(context)
    await keep(second, { userId: 'bruno' })
    await until(tokens(second), ['canary-token-bruno-2'])
    expect(await tokens(first)()).toEqual(['canary-token-ana-1'])
  })

  test('pages that send headers of their own, and no userId, share a token', async () => {
    const context = await pages.fresh()
    pages.world.answer = (asked, response) => {
      pages.world.session = String(asked.headers.authorization)
      endpoint(pages.world)(asked, response)
    }
    const [first, second] = [await pages.open(context), await pages.open(context)]
    const keepWith = (tab: Page, session: string): Promise<void> =>
      tab.evaluate((authorization) => {
        window.lib.keepWidgetToken({
          headers: async () => ({ authorization }),
          onToken: ({ widgetToken }) => void window.seen.tokens.push(widgetToken),
        })
      }, session)
    await keepWith(first, 'ana')
    await until(tokens(first), ['canary-token-ana-1'])
    await keepWith(second, 'bruno')
    await until(tokens(second), ['canary-token-bruno-2'])
    // What is posted later is heard later.
    const heard = await first.evaluateHandle(() => {
      const last = { heard: false }
      new BroadcastChannel('tesouro-tokens/1').onmessage = ({ data }) => {
        last.heard ||= data.name === 'last'
      }
      return last
    })
    await until(async () => {
      await second.evaluate(() => new BroadcastChannel('tesouro-tokens/1').postMessage({ name: 'last' }))
      return heard.evaluate((last) => last.heard)
    }, true)
    expect(await tokens(first)()).toEqual(['canary-token-ana-1'])
  })

  test('an older token, told late by another tab, takes the place of a newer one', async () => {
    const context = await pages.fresh()
    const [first, second] = [await pages.open(context), await pages.open(context)]
    await keep(first)
    await until(tokens(first), ['canary-token-ana-1'])
    await pages.stand(context, first) // the tenth of a second in which a tab may answer
    const late = await second.evaluateHandle(
      () =>
        new Promise<object>((resolve) => {
          const channel = new BroadcastChannel('tesouro-tokens/1')
          channel.addEventListener('message', ({ data }) => data.widgetToken && resolve(data))
          window.lib.createWidgetTokenFetcher({ userId: 'ana' })() // asks, and the first tab tells
        }),
    )
    await context.clock.resume()
    await context.clock.fastForward(435_000)
    await until(tokens(first), ['canary-token-ana-1', 'canary-token-ana-2'])
    await second.evaluate((news) => new BroadcastChannel('tesouro-tokens/1').postMessage(news), late)
    await pages.stand(context, first)
    const third = await pages.open(context)
    await keep(third)
    await until(tokens(third), ['canary-token-ana-2'])
    expect(await tokens(first)()).toEqual(['canary-token-ana-1', 'canary-token-ana-2'])
  })

  test('a failure in one tab makes the others ask at once', async () => {
    const context = await pages.fresh()
    pages.world.answer = (_, response) => {
      response.writeHead(503, { 'retry-after': '60' }).end()
    }
    const tabs = await Promise.all([1, 2, 3].map(() => pages.open(context)))
    await Promise.all(tabs.map((tab) => keep(tab)))
    const [first] = tabs
    for (const tab of tabs) await until(async () => (await seen(tab)).errors, ['http_503'])
    if (first) await pages.stand(context, first)
    await context.clock.runFor(45_000)
    await pages.asked(1)
    pages.world.answer = undefined
    await context.clock.resume()
    await context.clock.fastForward(6_500)
    for (const tab of tabs) await until(tokens(tab), ['canary-token-ana-2'])
    await pages.asked(2)
  })

  test('a tab that is closed in the middle of a request leaves the others waiting', async () => {
    const context = await pages.fresh()
    const [first, second] = [await pages.open(context), await pages.open(context)]
    pages.world.answer = () => {} // hangs
    await keep(first)
    await pages.asked(1)
    pages.world.answer = undefined
    await keep(second)
    await first.close()
    await until(tokens(second), ['canary-token-ana-2'])
  })

  test.each([
    ['Web Locks', () => Object.defineProperty(navigator, 'locks', { value: undefined })],
    ['BroadcastChannel', () => Reflect.deleteProperty(window, 'BroadcastChannel')],
  ] as const)('without %s a tab gets no token, or asks twice', async (_, remove) => {
    const context = await pages.fresh()
    await context.addInitScript(remove)
    const page = await pages.open(context)
    await makeFetcher(page)
    const both = page.evaluate(() =>
      Promise.all([1, 2].map(async () => (await window.fetcher?.())?.widgetToken)),
    )
    expect(await both).toEqual(['canary-token-ana-1', 'canary-token-ana-1'])
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await pages.asked(1)
    expect(pages.complaints).toEqual([])
  })

  test('a sandboxed frame, where locks are forbidden, gets no token', async () => {
    const context = await pages.fresh()
    pages.world.answer = (asked, response) => {
      response.setHeader('access-control-allow-origin', '*')
      response.setHeader('access-control-allow-headers', '*')
      if (asked.body === '') response.end()
      else endpoint(pages.world)(asked, response)
    }
    const page = await pages.open(context)
    const got = await page.evaluate(
      (source) =>
        new Promise((resolve) => {
          addEventListener('message', ({ data }) => resolve(data))
          const frame = document.createElement('iframe')
          frame.sandbox.add('allow-scripts')
          frame.srcdoc = `<script type="module">${source.replaceAll('</', '<\\/')}
            const token = createWidgetTokenFetcher({ url: '${location.origin}/api/tesouro/widget-token' })
            token().then(({ widgetToken }) => parent.postMessage(widgetToken, '*'), (error) => parent.postMessage(String(error), '*'))
          </script>`
          document.body.append(frame)
        }),
      pages
        .source()
        .replace(
          /export\{(\w+) as announceSignOut,(\w+) as createWidgetTokenFetcher,.*$/s,
          'const createWidgetTokenFetcher = $2',
        ),
    )
    expect(String(got)).toMatch(/^canary-token-ana-\d$/)
  })
})
