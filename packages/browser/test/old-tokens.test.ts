import type { BrowserContext, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { describeInChromium, ends, fetched, keep, makeFetcher, seen, tokens, until } from './world/pages.js'
import { json, tokenOf } from './world/server.js'

// What begins takes the token that others have: it may be old, and say nothing about what came after it.

const early = { userId: 'ana', leadSeconds: 240 }

describeInChromium('what begins with an old token', (pages) => {
  const last = (page: Page) => async (): Promise<string | undefined> => (await tokens(page)()).at(-1)

  /** A page and a second one, or that page again. The first has a token that is due for a keeper with the early lead. */
  async function withAnOldToken(
    where: string,
    options = { userId: 'ana' },
    seconds = 300,
  ): Promise<{ context: BrowserContext; page: Page; other: Page }> {
    const context = await pages.fresh()
    const page = await pages.open(context)
    const other = where === 'page' ? page : await pages.open(context)
    await keep(page, options)
    await until(tokens(page), ['canary-token-ana-1'])
    await context.clock.fastForward(seconds * 1_000)
    return { context, page, other }
  }

  /** The renewal is under way when this returns. Gives what answers it. */
  async function renewal(context: BrowserContext, status: number, seconds = 145): Promise<() => void> {
    let finish = (): void => {}
    pages.world.answer = (_, response) => {
      pages.world.answer = undefined
      finish = () => json(response, status, status === 200 ? tokenOf('ana', 480, 2) : {})
    }
    await context.clock.fastForward(seconds * 1_000)
    await pages.asked(2)
    // What begins after this has been asked for.
    await context.clock.runFor(1_000)
    return () => finish()
  }

  test.each(['page', 'tab'])(
    'in the same %s ends a pause: a page that begins again floods the server',
    async (where) => {
      const { context, other } = await withAnOldToken(where)
      pages.world.answer = (_, response) => json(response, 503, {}, { 'retry-after': '3000' })
      await other.evaluate((options) => {
        const begin = (): void => {
          const stop = window.lib.keepWidgetToken({
            ...options,
            onToken: () => {},
            onError: ({ code }) => {
              window.seen.errors.push(code)
              stop()
              begin()
            },
          })
        }
        begin()
      }, early)
      await until(async () => (await seen(other)).errors.at(-1), 'http_503')
      for (let second = 0; second < 10; second += 1) await pages.pass(context, 1_000)
      await makeFetcher(other)
      expect(await fetched(other)).toBe('http_503')
      await pages.asked(2)
    },
  )

  test.each(['page', 'tab'])(
    'in the same %s throws away the token that it asked for, and asks again',
    async (where) => {
      const { context, page, other } = await withAnOldToken(where)
      await keep(other, early)
      for (const tab of [page, other]) await until(last(tab), 'canary-token-ana-2')
      for (let tenth = 0; tenth < 30; tenth += 1) await pages.pass(context, 100)
      await pages.asked(2)
      expect(await last(page)()).toBe('canary-token-ana-2')
    },
  )

  test.each(['page', 'tab'])('in the same %s, a fetcher, gives that one out', async (where) => {
    const { context, other } = await withAnOldToken(where)
    await context.clock.fastForward(141_000) // it expires in 39 s, and its keeper renews it in 7
    await makeFetcher(other)
    expect(await fetched(other)).toBe('canary-token-ana-2')
    await pages.asked(2)
  })

  test.each(['page'])(
    'in the same %s, in the middle of its renewal, is not given the new one',
    async (where) => {
      const { context, page, other } = await withAnOldToken(where)
      const finish = await renewal(context, 200)
      await keep(other)
      await until(last(other), 'canary-token-ana-1')
      finish()
      for (const tab of [page, other]) await until(last(tab), 'canary-token-ana-2')
      for (let tenth = 0; tenth < 30; tenth += 1) await pages.pass(context, 100)
      // A tab may get the lock before the news.
      expect(pages.world.asked.length).toBeLessThanOrEqual(3)
    },
  )

  test.each(['page', 'tab'])(
    'in the same %s, in the middle of its renewal, shows on after a 401',
    async (where) => {
      const { context, page, other } = await withAnOldToken(where, early, 200)
      // Long before the one that begins would renew it by itself.
      const finish = await renewal(context, 401, 45)
      pages.world.session = undefined
      await keep(other)
      await until(last(other), 'canary-token-ana-1')
      finish()
      await until(async () => (await ends(page)()).length > 0, true)
      // Somebody may have signed in since that was asked for: it asks for itself, in the same page after a pause.
      for (let tenth = 0; tenth < 30; tenth += 1) await pages.pass(context, 100)
      for (const tab of [page, other]) await until(async () => (await ends(tab)()).at(-1), 'not_signed_in')
      await pages.asked(3)
    },
  )

  test.each(['page', 'tab'])(
    'in the same %s, by somebody who has signed in again, is ended by the 401 to a request from before',
    async (where) => {
      const { context, page, other } = await withAnOldToken(where, early, 200)
      const finish = await renewal(context, 401, 45)
      await keep(other)
      await until(last(other), 'canary-token-ana-1')
      finish()
      await until(ends(page), ['not_signed_in'])
      for (let tenth = 0; tenth < 30; tenth += 1) await pages.pass(context, 100)
      await until(last(other), 'canary-token-ana-3')
      expect(await ends(other)()).toEqual(where === 'page' ? ['not_signed_in'] : [])
      await pages.asked(3)
    },
  )
})
