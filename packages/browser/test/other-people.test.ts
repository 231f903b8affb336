import { expect, test } from 'vitest'
import { describeInChromium, fetched, keep, makeFetcher, seen, tokens, until } from './world/pages.js'

// Whose token a page is given, and what it believes of what it hears.

describeInChromium('a page', (pages) => {
  test('without userId gives a new fetcher or keeper the token of somebody who was signed in before', async () => {
    const page = await pages.open(await pages.fresh())
    await makeFetcher(page, {})
    expect(await fetched(page)).toBe('canary-token-ana-1')
    pages.world.session = 'bruno'
    await makeFetcher(page, {})
    expect(await fetched(page)).toBe('canary-token-bruno-2')
    await keep(page, {})
    await until(tokens(page), ['canary-token-bruno-3'])
  })

  test('without userId is given what another tab has asked for before', async () => {
    const context = await pages.fresh()
    const [page, other] = [await pages.open(context), await pages.open(context)]
    let finish = (): void => {}
    pages.world.answer = (_, response) => {
      pages.world.answer = undefined
      finish = () => void response.end('{"widgetToken":"canary-token-ana-1","expiresIn":480}')
    }
    await keep(page, {})
    await pages.asked(1)
    pages.world.session = 'bruno'
    await keep(other, {})
    finish()
    await until(tokens(page), ['canary-token-ana-1'])
    await until(tokens(other), ['canary-token-bruno-2'])
    expect(await tokens(page)()).toEqual(['canary-token-ana-1'])
  })

  test('is told the token of whoever is signed in, asked for by a keeper that stopped in its callback', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(() => {
      const stop = window.lib.keepWidgetToken({
        userId: 'ana',
        onToken: () => {
          window.seen.tokens.push('stopped')
          stop()
        },
      })
    })
    await until(tokens(page), ['stopped'])
    await pages.pass(context, 5_000)
    await pages.asked(1)
  })

  test('from the back/forward cache is given the token of another tab that does not know of the sign-out', async () => {
    const context = await pages.fresh({ clock: false })
    const [page, other] = [await pages.open(context), await pages.open(context)]
    await keep(page)
    await keep(other)
    for (const tab of [page, other]) await until(tokens(tab), ['canary-token-ana-1'])
    await page.evaluate(() => Object.assign(window, { left: true }))
    await page.goto(`${pages.world.origin}/other`)
    pages.world.session = undefined
    await page.evaluate(() => history.back())
    await until(() => page.evaluate(() => 'left' in window), true)
    await until(async () => (await seen(page)).ends, ['not_signed_in'])
    expect(await tokens(page)()).toEqual(['canary-token-ana-1'])
    await until(async () => (await seen(other)).ends, ['not_signed_in'])
  })

  test('asks with the headers of a keeper that was stopped', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(() => {
      const options = (authorization: string) => ({
        userId: 'ana',
        headers: { authorization },
        onToken: ({ widgetToken }: { widgetToken: string }) => void window.seen.tokens.push(widgetToken),
      })
      window.lib.keepWidgetToken(options('first'))
      window.lib.keepWidgetToken(options('second'))()
    })
    await until(tokens(page), ['canary-token-ana-1'])
    expect(pages.world.asked[0]?.headers.authorization).toBe('first')
  })

  const news: readonly (readonly [what: string, message: string])[] = [
    [
      'a token with more left than its life',
      `{ name, widgetToken: 'x', life: 480, until: Date.now() + 900_000 }`,
    ],
    ['a negative life', `{ name, widgetToken: 'x', life: -1e9, until: Date.now() + 5_000 }`],
    ['a life without end', `{ name, widgetToken: 'x', life: Infinity, until: Infinity }`],
    ['a life that is text', `{ name, widgetToken: 'x', life: 'abc', until: Date.now() + 480_000 }`],
    ['a token that is no text', `{ name, widgetToken: {}, life: 480, until: Date.now() + 480_000 }`],
    ['no end', `{ name, widgetToken: 'x', life: 480 }`],
    ['a failure without end', `{ name, code: 'odd', until: Infinity }`],
    ['a failure with no time', `{ name, code: 'odd' }`],
    ['a code that is no text', `{ name, code: 5, until: 0 }`],
    ['a bigint for an end', `{ name, code: 'odd', until: 1n }`],
    ['a bigint for a life', `{ name, widgetToken: 'x', life: 1n, until: Date.now() + 1_000 }`],
    ['an end that is no value', `{ name, code: 'odd', until: { valueOf: 1, toString: 1 } }`],
  ]
  test.each(news)('believes %s', async (_, message) => {
    const context = await pages.fresh()
    const [page, other] = [await pages.open(context), await pages.open(context)]
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    // A token of the same second would be the same one, and that user's keeper must not have its answer before.
    await pages.stand(context, page)
    // What is posted later is heard later, by a keeper that waits.
    await keep(page, { userId: 'nobody' })
    await other.evaluate((text) => {
      const name = `${location.origin}/api/tesouro/widget-token ana`
      const channel = new BroadcastChannel('tesouro-tokens/1')
      channel.postMessage(new Function('name', `return ${text}`)(name))
      channel.postMessage({
        name: `${location.origin}/api/tesouro/widget-token nobody`,
        code: 'last',
        until: Date.now() + 600_000,
      })
    }, message)
    await until(async () => (await seen(page)).errors, ['last'])
    await pages.pass(context, 10_000)
    expect(await tokens(page)()).toEqual(['canary-token-ana-1'])
    expect(pages.world.asked.filter(({ body }) => body.includes('ana'))).toHaveLength(1)
    await context.clock.resume()
    await context.clock.fastForward(440_000)
    await until(async () => (await tokens(page)()).length, 2)
    expect(pages.complaints).toEqual([])
  })

  test('asks for a user who was here before, when it is online again, and ends for that', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await makeFetcher(page)
    expect(await fetched(page)).toBe('canary-token-ana-1')
    pages.world.session = 'bruno'
    await makeFetcher(page, { userId: 'bruno' })
    expect(await fetched(page)).toBe('canary-token-bruno-2')
    await context.clock.fastForward(600_000)
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await pages.pass(context, 5_000)
    await pages.asked(2)
    expect(await seen(page)).toEqual({ tokens: [], ends: [], errors: [] })
  })

  test('that changes its options object asks for another user under the name of the first', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(async () => {
      const fetcherOf = { userId: 'ana' }
      window.fetcher = window.lib.createWidgetTokenFetcher(fetcherOf)
      await window.fetcher()
      fetcherOf.userId = 'bruno'
      const keeperOf = {
        userId: 'ana',
        onToken: ({ widgetToken }: { widgetToken: string }) => void window.seen.tokens.push(widgetToken),
      }
      window.lib.keepWidgetToken(keeperOf)
      keeperOf.userId = 'bruno'
    })
    await until(tokens(page), ['canary-token-ana-1'])
    await context.clock.fastForward(445_000)
    await until(tokens(page), ['canary-token-ana-1', 'canary-token-ana-2'])
    await context.clock.fastForward(900_000)
    await until(() => fetched(page), 'canary-token-ana-3')
    for (const { body } of pages.world.asked) expect(JSON.parse(body)).toEqual({ userId: 'ana' })
  })

  test('believes the empty token of an endpoint', async () => {
    const page = await pages.open(await pages.fresh())
    pages.world.answer = (_, response) => void response.end('{"widgetToken":"","expiresIn":480}')
    await makeFetcher(page)
    expect(await fetched(page)).toBe('invalid_answer')
  })
})
