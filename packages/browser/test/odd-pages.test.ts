import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import {
  describeWithFiles,
  errors,
  fetched,
  keep,
  limitsByTheClock,
  makeFetcher,
  seen,
  tokens,
  until,
} from './world/pages.js'
import { json, tokenOf } from './world/server.js'

// What pages, other code in them, and browsers do to the package.

const start = `import * as lib from '/lib.js'; window.lib = lib; window.seen = { tokens: [], ends: [], errors: [] }`
const strict = "default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'"
const files = async (): Promise<Record<string, string>> => ({
  '/start.js': start,
  '/strict': `<!doctype html><meta http-equiv="content-security-policy" content="${strict}"><script type="module" src="/start.js"></script>`,
  '/worker.js': `addEventListener('activate', (event) => event.waitUntil(clients.claim()))
    addEventListener('fetch', (event) => event.request.method === 'POST' && event.respondWith(new Promise(() => {})))`,
})

describeWithFiles('a page', files, (pages) => {
  test.each([
    [
      'fetch never settles and hears no signal',
      (): unknown => Object.assign(window, { fetch: () => new Promise(() => {}) }),
    ],
    [
      'fetch throws',
      () => {
        const thrown = (): never => {
          throw new Error('replaced')
        }
        Object.assign(window, { fetch: thrown })
      },
    ],
    ['fetch gives nothing', (): unknown => Object.assign(window, { fetch: async () => {} })],
  ] as const)('whose %s blocks itself or the other tabs', async (_, replace) => {
    const context = await pages.fresh()
    const [page, other] = [await pages.open(context), await pages.open(context)]
    await page.evaluate(replace)
    await keep(page)
    await page.evaluate(() => navigator.locks.query())
    for (let second = 0; second < 17; second += 1) await context.clock.runFor(1_000)
    await until(async () => (await errors(page)()).length > 0, true)
    expect(new Set(await errors(page)())).toEqual(new Set(['unreachable']))
    await keep(other)
    // How many seconds of theirs pass until tabs have heard one another is a matter of the machine.
    const both = async (): Promise<number> =>
      Math.min((await tokens(other)()).length, (await tokens(page)()).length)
    for (let second = 0; second < 300 && (await both()) === 0; second += 1) await pages.pass(context, 1_000)
    expect((await tokens(other)())[0]).toBe('canary-token-ana-1')
    expect((await tokens(page)())[0]).toBe('canary-token-ana-1')
    expect(pages.complaints).toEqual([])
  })

  test('whose header function never settles waits for ever, or keeps the lock', async () => {
    const context = await pages.fresh()
    const [page, other] = [await pages.open(context), await pages.open(context)]
    const told = page.evaluate(() =>
      window.lib
        .createWidgetTokenFetcher({ userId: 'ana', headers: () => new Promise(() => {}) })()
        .then(
          ({ widgetToken }) => widgetToken,
          ({ code }) => String(code),
        ),
    )
    await until(async () => (await page.evaluate(() => navigator.locks.query())).held?.length, 1)
    for (let second = 0; second < 17; second += 1) await context.clock.runFor(1_000)
    expect(await told).toBe('unreachable')
    await keep(other)
    for (let second = 0; second < 5; second += 1) await context.clock.runFor(1_000)
    await until(tokens(other), ['canary-token-ana-1'])
  })

  test('in ten tabs sends ten requests when the server hangs', async () => {
    const context = await pages.fresh()
    await limitsByTheClock(context)
    const tabs = await Promise.all(Array.from({ length: 10 }, () => pages.open(context)))
    pages.world.answer = () => {}
    const [first] = tabs
    if (first === undefined) return
    await pages.stand(context, first)
    await Promise.all(tabs.map((tab) => keep(tab)))
    const waiting = async (): Promise<number | undefined> =>
      (await first.evaluate(() => navigator.locks.query())).pending?.length
    await until(waiting, 9)
    await context.clock.runFor(200)
    await pages.asked(1)
    for (let second = 0; second < 15; second += 1) await context.clock.runFor(1_000)
    for (const tab of tabs) await until(errors(tab), ['unreachable'])
    await pages.asked(1)
  })

  test('waits for ever for a lock that a frozen tab holds', async () => {
    const context = await pages.fresh()
    await limitsByTheClock(context)
    const [frozen, page] = [await pages.open(context), await pages.open(context)]
    await pages.holdLock(frozen)
    await keep(page)
    for (let second = 0; second < 22; second += 1) await context.clock.runFor(1_000)
    await until(tokens(page), ['canary-token-ana-1'])
  })

  test.each([
    ['never answer', (): unknown => new Promise(() => {})],
    ['answer without having run anything', async () => {}],
    ['throw', null],
  ] as const)('whose locks %s gets no token, or asks twice', async (_, request) => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(`navigator.locks.request = ${request}`)
    await keep(page)
    for (let second = 0; second < 22; second += 1) await pages.pass(context, 1_000)
    await until(tokens(page), ['canary-token-ana-1'])
    await pages.asked(1)
    expect(pages.complaints).toEqual([])
  })

  test('whose lock another script takes away asks a second time', async () => {
    const context = await pages.fresh()
    const [page, other] = [await pages.open(context), await pages.open(context)]
    let finish = (): void => {}
    pages.world.answer = (_, response) => {
      finish = () => json(response, 200, tokenOf('ana', 480, 1))
    }
    await keep(page)
    await pages.asked(1)
    await pages.holdLock(other, { steal: true })
    await context.clock.runFor(1_000)
    finish()
    await until(tokens(page), ['canary-token-ana-1'])
    await pages.asked(1)
  })

  test('whose server asks for a pause asks sooner because others post that theirs is over', async () => {
    const context = await pages.fresh()
    const [page, other] = [await pages.open(context), await pages.open(context)]
    pages.world.answer = (_, response) => json(response, 503, {}, { 'retry-after': '600' })
    await keep(page)
    await until(errors(page), ['http_503'])
    for (let times = 0; times < 10; times += 1) {
      await other.evaluate(() => {
        const name = `${location.origin}/api/tesouro/widget-token ana`
        new BroadcastChannel('tesouro-tokens/1').postMessage({ name, code: 'odd', until: 0 })
      })
      await pages.pass(context, 1_000)
    }
    await pages.asked(1)
  })

  test('whose fetcher is called for the first time after a sign-out is not told of it, or one that is not called is', async () => {
    const context = await pages.fresh()
    const [page, other] = [await pages.open(context), await pages.open(context)]
    await makeFetcher(page)
    await other.evaluate(() => window.lib.announceSignOut())
    pages.world.session = undefined
    expect((await seen(page)).ends).toEqual([])
    expect([await fetched(page), await fetched(page)]).toEqual(['not_signed_in', 'not_signed_in'])
    expect((await seen(page)).ends).toEqual(['not_signed_in'])
    await pages.asked(1)
  })

  test('is given the old token by a call that a sign-out has overtaken', async () => {
    const page = await pages.open(await pages.fresh())
    await makeFetcher(page)
    expect(await fetched(page)).toBe('canary-token-ana-1')
    const second = fetched(page) // it waits: a provider that asks twice in a second is slowed down
    await page.evaluate(() => window.lib.announceSignOut())
    expect(await second).toBe('not_signed_in')
  })

  test.each([
    ['a life without end', '{"widgetToken":"canary","expiresIn":1e999}', 1, 1],
    ['a life of a million years', '{"widgetToken":"canary","expiresIn":3e13}', 1, 1],
    ['a negative life', '{"widgetToken":"canary","expiresIn":-1e999}', 0, 8],
  ] as const)(
    'that is given %s asks again at once, or tells of a life without end',
    async (_, body, count, most) => {
      const context = await pages.fresh()
      const page = await pages.open(context)
      pages.world.answer = (__, response) => void response.end(body)
      await keep(page)
      await until(async () => (await tokens(page)()).length + (await errors(page)()).length > 0, true)
      for (let second = 0; second < 10; second += 1) await pages.pass(context, 1_000)
      expect(await tokens(page)()).toHaveLength(count)
      expect(pages.world.asked.length).toBeLessThanOrEqual(most)
      const life = await page.evaluate(() =>
        window.lib
          .createWidgetTokenFetcher({ userId: 'ana' })()
          .then(
            ({ expiresIn }) => expiresIn,
            () => 0,
          ),
      )
      expect(life).toBeLessThanOrEqual(86_400)
    },
  )

  test('in another folder is given the token of another endpoint', async () => {
    const context = await pages.fresh()
    const [one, two] = [await pages.open(context, '/one/'), await pages.open(context, '/two/')]
    const get = (page: Page): Promise<string | undefined> =>
      page.evaluate(async () => {
        window.fetcher = window.lib.createWidgetTokenFetcher({
          userId: 'ana',
          url: 'api/tesouro/widget-token',
        })
        return (await window.fetcher()).widgetToken
      })
    expect([await get(one), await get(two)]).toEqual(['canary-token-ana-1', 'canary-token-ana-2'])
  })

  test('on whose channel somebody else posts stops, floods the server, or fails', async () => {
    const context = await pages.fresh()
    const [page, other] = [await pages.open(context), await pages.open(context)]
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await other.evaluate(() => {
      const channel = new BroadcastChannel('tesouro-tokens/1')
      const name = `${location.origin}/api/tesouro/widget-token ana`
      const nonsense = [
        null,
        5,
        'text',
        [],
        {},
        { until: 'soon' },
        { code: 'odd' },
        { widgetToken: 'canary' },
      ]
      for (const message of nonsense) channel.postMessage(message)
      for (const rest of [{}, { until: Number.NaN }, { until: -1 }, { until: Date.now() + 1_000 }]) {
        channel.postMessage({ name, code: 'odd', ...rest })
        channel.postMessage({ name, widgetToken: 'canary-old', life: -5, ...rest, until: 1 })
      }
      new BroadcastChannel('tesouro-tokens/2').postMessage({ name, code: 'not_signed_in', until: 0 })
    })
    await until(async () => (await errors(page)()).length, 1)
    for (let second = 0; second < 20; second += 1) await pages.pass(context, 1_000)
    expect(pages.world.asked.length).toBeLessThanOrEqual(3)
    expect((await seen(page)).ends).toEqual([])
    await context.clock.fastForward(445_000)
    const { length } = pages.world.asked
    await until(async () => (await tokens(page)()).at(-1), `canary-token-ana-${length + 1}`)
    expect(pages.complaints).toEqual([])
  })

  test('with the strictest policy that lets it fetch gets no token, or breaks the policy', async () => {
    const page = await pages.open(await pages.fresh(), '/strict')
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    expect(pages.complaints).toEqual([])
  })

  test('behind a service worker that never answers waits for ever', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(async () => {
      const claimed = new Promise((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      )
      await navigator.serviceWorker.register('/worker.js')
      await claimed
    })
    await makeFetcher(page)
    const call = fetched(page)
    await until(async () => (await page.evaluate(() => navigator.locks.query())).held?.length, 1)
    for (let second = 0; second < 17; second += 1) await context.clock.runFor(1_000)
    expect(await call).toBe('unreachable')
    await pages.asked(0)
  })

  test('whose wall clock stands still, as a page’s own tests make it, keeps an old token', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(() => Object.assign(Date, { now: () => 0 }))
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await context.clock.fastForward(445_000)
    await until(tokens(page), ['canary-token-ana-1', 'canary-token-ana-2'])
  })
})
