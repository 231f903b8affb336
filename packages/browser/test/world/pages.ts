import { connectTo } from '@tesouro-tokens/conformance/chromium'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, vi } from 'vitest'
import type * as lib from '../../src/index.js'
import { addLines, countLines } from './coverage.js'
import { startWorld, type World } from './server.js'

declare global {
  interface Window {
    /** Requests that the page waits for. */
    underWay: number
    lib: typeof lib
    /** What a page's callbacks were called with. */
    seen: { tokens: string[]; ends: string[]; errors: string[] }
    stopKeeping?: () => void
    fetcher?: lib.WidgetTokenFetcher
  }
}

/** Chromium, which all files share, a server, and the pages that a test opens. */
export class Pages {
  #started: { world: World; browser: Browser } | undefined
  /** What consoles said, and errors that nobody caught. */
  readonly complaints: string[] = []

  async start(files: Readonly<Record<string, string>>): Promise<void> {
    const world = await startWorld({ '/lib.js': this.source(), ...files })
    this.#started = { world, browser: await connectTo(inject('browser')) }
  }

  get #running(): { world: World; browser: Browser } {
    if (!this.#started) throw new Error('the pages have not started')
    return this.#started
  }

  get world(): World {
    return this.#running.world
  }

  /** The package, as pages load it. */
  source(): string {
    return inject('bundle').code
  }

  async close(): Promise<void> {
    await this.#closeContexts()
    await this.#running.browser.close()
    this.world.close()
  }

  /** A browser profile of its own, the server as it is at first, and a clock that a test can move, unless it says no. */
  async fresh({ clock = true } = {}): Promise<BrowserContext> {
    await this.#closeContexts()
    Object.assign(this.world, { session: 'ana', life: 480, answer: undefined })
    this.world.asked.length = 0
    this.complaints.length = 0
    const context = await this.#running.browser.newContext()
    if (clock) await context.clock.install()
    await context.addInitScript(() => {
      const { fetch } = window
      window.underWay = 0
      window.fetch = async (...request) => {
        window.underWay += 1
        try {
          return await fetch(...request)
        } finally {
          window.underWay -= 1
        }
      }
    })
    context.on('console', (message) => {
      // Chromium itself notes each answer that is no success, and React its tools.
      if (!/^Failed to load resource|React DevTools/.test(message.text()))
        this.complaints.push(message.text())
    })
    context.on('weberror', (error) => this.complaints.push(error.error().message))
    return context
  }

  async #closeContexts(): Promise<void> {
    for (const context of this.#running.browser.contexts()) {
      for (const page of context.pages()) await addLines(page, inject('bundle'))
      await context.close()
    }
  }

  async open(context: BrowserContext, path = '/'): Promise<Page> {
    const page = await context.newPage()
    await countLines(page)
    await page.goto(this.world.origin + path)
    await page.waitForFunction(() => 'seen' in window)
    return page
  }

  /** So many milliseconds more for the pages, once no request is under way: their clock must not run past an answer. */
  async pass(context: BrowserContext, ms: number): Promise<void> {
    await until(async () => {
      // What a page has sent may not have reached the server yet.
      const sent = await Promise.all(context.pages().map((page) => page.evaluate(() => window.underWay ?? 0)))
      return sent.every((count) => count === 0) && this.world.asked.every(({ over }) => over)
    }, true)
    await context.clock.runFor(ms)
  }

  /** From here on, 10 s later, the pages' time goes on only when a test says so: a busy machine takes none of it. */
  async stand({ clock }: BrowserContext, page: Page): Promise<void> {
    await clock.pauseAt((await page.evaluate(() => Date.now())) + 10_000)
  }

  /** Takes the lock for requests for `ana`, as a tab does that stands still with a request under way. */
  holdLock(page: Page, { steal = false } = {}): Promise<void> {
    const given = { name: `tesouro-tokens/1${this.world.origin}/api/tesouro/widget-token ana`, steal }
    return page.evaluate(
      ({ name, ...options }) =>
        new Promise<void>((held) => {
          void navigator.locks.request(name, options, () => {
            held()
            return new Promise(() => {})
          })
        }),
      given,
    )
  }

  /** Waits until the endpoint has had that many requests, and nothing more is on its way. */
  async asked(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.world.asked.length).toBeGreaterThanOrEqual(count), 120_000)
    expect(this.world.asked).toHaveLength(count)
  }
}

/** Tests in one Chromium, where there is one. */
export const describeInChromium = (name: string, tests: (pages: Pages) => void): unknown =>
  describeWithFiles(name, async () => ({}), tests)

/** The same with further modules by path. */
export const describeWithFiles = (
  name: string,
  files: () => Promise<Readonly<Record<string, string>>>,
  tests: (pages: Pages) => void,
): unknown =>
  describe.skipIf(inject('browser') === '')(name, () => {
    const pages = new Pages()
    beforeAll(async () => pages.start(await files()))
    afterAll(() => pages.close())
    tests(pages)
  })

type Options = Pick<lib.KeepWidgetTokenOptions, 'userId' | 'leadSeconds'>

/** Begins to keep a token in a page; what comes is in `window.seen`. */
export const keep = (page: Page, options: Options = { userId: 'ana' }): Promise<void> =>
  page.evaluate((given) => {
    window.stopKeeping = window.lib.keepWidgetToken({
      ...given,
      onToken: ({ widgetToken }) => void window.seen.tokens.push(widgetToken),
      onSignedOut: (why) => void window.seen.ends.push(why),
      onError: ({ code }) => void window.seen.errors.push(code),
    })
  }, options)

/** Makes a fetcher in a page. */
export const makeFetcher = (page: Page, options: Options = { userId: 'ana' }): Promise<void> =>
  page.evaluate((given) => {
    window.fetcher = window.lib.createWidgetTokenFetcher({
      ...given,
      onSignedOut: (why) => void window.seen.ends.push(why),
      onError: ({ code }) => void window.seen.errors.push(code),
    })
  }, options)

/** Calls the page's fetcher: the token, or the code of the error. */
export const fetched = async (page: Page): Promise<string> => String((await fetchedTimes(page, 1))[0])

/** The same again at once, whatever the time that a test takes to ask the page. */
export const fetchedTwice = (page: Page): Promise<string[]> => fetchedTimes(page, 2)

const fetchedTimes = (page: Page, times: number): Promise<string[]> =>
  page.evaluate(async (count) => {
    const got: string[] = []
    while (got.length < count)
      try {
        got.push((await window.fetcher?.())?.widgetToken ?? 'no fetcher')
      } catch (error) {
        got.push(error instanceof Error && 'code' in error ? String(error.code) : String(error))
      }
    return got
  }, times)

/** Without it, a limit on waiting would be real time. */
export const limitsByTheClock = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), ms)
      return controller.signal
    }
  })

export const seen = (page: Page): Promise<Window['seen']> => page.evaluate(() => window.seen)

/** What a page's callbacks have been given. */
export const tokens = (page: Page) => async (): Promise<string[]> => (await seen(page)).tokens
export const ends = (page: Page) => async (): Promise<string[]> => (await seen(page)).ends
export const errors = (page: Page) => async (): Promise<string[]> => (await seen(page)).errors

export const until = <Value>(value: () => Promise<Value>, expected: Value): Promise<void> =>
  vi.waitFor(async () => expect(await value()).toEqual(expected), 120_000)
