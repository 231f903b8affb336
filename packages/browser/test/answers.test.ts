import type { BrowserContext } from 'playwright-core'
import { expect, test } from 'vitest'
import type { WidgetTokenError } from '../src/index.js'
import { describeInChromium, fetched, fetchedTwice, keep, makeFetcher, seen, until } from './world/pages.js'
import { type Answer, json, tokenOf } from './world/server.js'

const answers: Readonly<Record<string, readonly [code: string, answer: Answer]>> = {
  HTML: ['invalid_answer', (_, response) => void response.end('<!doctype html><p>Sign in</p>')],
  '204': ['invalid_answer', (_, response) => void response.writeHead(204).end()],
  'a redirect to a sign-in page': [
    'invalid_answer',
    (_, response) => void response.writeHead(302, { location: '/sign-in' }).end(),
  ],
  'a list': ['invalid_answer', (_, response) => json(response, 200, [])],
  null: ['invalid_answer', (_, response) => json(response, 200, null)],
  'no token': ['invalid_answer', (_, response) => json(response, 200, { expiresIn: 480 })],
  'a token that is no text': [
    'invalid_answer',
    (_, response) => json(response, 200, { widgetToken: 1, expiresIn: 480 }),
  ],
  'a token without a life': ['invalid_answer', (_, response) => json(response, 200, { widgetToken: 'a' })],
  'a token that is over': ['short_life', (_, response) => json(response, 200, tokenOf('ana', -60, 1))],
  'a life of 5 s': ['short_life', (_, response) => json(response, 200, tokenOf('ana', 5, 1))],
  'an unknown code': ['brand_new', (_, response) => json(response, 418, { code: 'brand_new' })],
  'an empty code': ['http_500', (_, response) => json(response, 500, { code: '' })],
  'a code that is no text': ['http_500', (_, response) => json(response, 500, { code: {} })],
  '404 of a web server': ['http_404', (_, response) => void response.writeHead(404).end('Not found')],
  '503 of a proxy': ['http_503', (_, response) => void response.writeHead(503).end('<html>')],
  'a broken connection': ['unreachable', (_, response) => void response.destroy()],
  'half an answer': [
    'invalid_answer',
    (_, response) => void response.writeHead(200, { 'content-length': '900' }).end('{"widgetToken":"canary'),
  ],
}

describeInChromium('an endpoint that gives', (pages) => {
  async function goOnUntil(context: BrowserContext, isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await pages.pass(context, 5_000)
  }

  test.each(Object.entries(answers))(
    '%s is not told by a name, or is asked too often',
    async (_, [code, answer]): Promise<void> => {
      const context = await pages.fresh()
      await context.addInitScript(() => Object.assign(Math, { random: () => 0.5 }))
      pages.world.answer = answer
      const page = await pages.open(context)
      await makeFetcher(page)
      expect(await fetchedTwice(page)).toEqual([code, code])
      const { length } = pages.world.asked // browsers repeat a request by themselves when its connection breaks
      await keep(page)
      await goOnUntil(context, async () => pages.world.asked.length >= 10 * length)
      // 1 to 2 s, then up to twice as long each time, at most 30 s: here 1.5, 2.25, … 22.5, 22.5
      expect(await page.evaluate(() => performance.now() / 1_000)).toBeGreaterThan(90)
      expect((await seen(page)).errors).toContain(code)
      expect(await seen(page)).toMatchObject({ tokens: [], ends: [] })

      pages.world.answer = undefined
      await goOnUntil(context, async () => (await seen(page)).tokens.length === 1)
      expect(pages.complaints).toEqual([])
    },
  )

  test('Retry-After is asked before that', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    pages.world.answer = (_, response) =>
      json(response, 429, { code: 'rate_limited' }, { 'retry-after': '90' })
    await keep(page)
    await until(async () => (await seen(page)).errors, ['rate_limited'])
    pages.world.answer = undefined
    await pages.stand(context, page)
    await context.clock.runFor(69_000)
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await context.clock.runFor(5_000)
    await pages.asked(1)
    await context.clock.resume()
    await context.clock.fastForward(30_000)
    await until(async () => (await seen(page)).tokens.length, 1)
    await pages.asked(2)
  })

  test('no answer at all blocks the page for ever', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    pages.world.answer = () => {}
    await keep(page)
    await pages.asked(1)
    pages.world.answer = undefined
    await context.clock.fastForward(15_500)
    await until(async () => (await seen(page)).errors, ['unreachable'])
    await context.clock.fastForward(3_000)
    await until(async () => (await seen(page)).tokens.length, 1)
  })

  test('a page that is left tells of a failure from before', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await makeFetcher(page)
    pages.world.answer = (_, response) => json(response, 500, {})
    expect(await fetched(page)).toBe('http_500')
    pages.world.answer = () => {}
    await context.clock.fastForward(3_000)
    const call = fetched(page)
    await pages.asked(2)
    await page.evaluate(() => dispatchEvent(new Event('pagehide')))
    expect(await call).toBe('stopped')
  })

  test('a token is said to expire more than a second before it does', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await makeFetcher(page)
    await pages.stand(context, page)
    await context.clock.runFor(1_300 - (await page.evaluate(() => Date.now() % 1_000)))
    await page.evaluate(() => {
      const early = window.fetcher?.().then(async () => {
        const asked = Date.now() / 1_000
        const exp = (await window.fetcher?.())?.exp ?? 0 // 1.1 s later
        window.seen.tokens.push(exp > asked + 479 ? 'less' : 'more')
      })
      Object.assign(window, { early })
    })
    for (let tenth = 0; tenth < 600 && (await seen(page)).tokens.length === 0; tenth += 1)
      await pages.pass(context, 100)
    expect((await seen(page)).tokens).toEqual(['less'])
  })

  test('a header function that throws is not told', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    const told = await page.evaluate(async () => {
      const headers = (): never => {
        throw new Error('no session in this page')
      }
      const failed = (error: WidgetTokenError): string => `${error.name} ${error.code}`
      return window.lib
        .createWidgetTokenFetcher({ headers })()
        .then(() => 'a token', failed)
    })
    expect(told).toBe('WidgetTokenError unreachable')
    await pages.asked(0)
  })

  test('a token, or a secret of the endpoint, is left in storage, address, console or error', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await keep(page)
    await makeFetcher(page)
    expect(await fetched(page)).toContain('canary')
    pages.world.answer = (_, response) => json(response, 500, { code: 'misconfigured', detail: 'canary' })
    await context.clock.fastForward(445_000)
    await until(async () => (await seen(page)).errors.length, 2)
    const kept = await page.evaluate(async () => {
      const error = await window.fetcher?.().catch((reason) => reason)
      return JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        await indexedDB.databases(),
        await caches.keys(),
        [document.cookie, window.name, history.state, location.href],
        performance.getEntries().map(({ name }) => name),
        [String(error), error.stack, { ...error }],
        (await navigator.locks.query()).held,
      ])
    })
    expect(kept).not.toContain('canary')
    expect(kept).toContain('WidgetTokenError: misconfigured')
    expect(pages.complaints).toEqual([])
  })
})
