import { expect, test } from 'vitest'
import { describeInChromium, keep, tokens, until } from './world/pages.js'

describeInChromium('a page with', (pages) => {
  test('a lead that is no number of seconds asks in a loop, or no more', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    for (const leadSeconds of [Number.NaN, -5, Number.POSITIVE_INFINITY])
      await keep(page, { userId: 'ana', leadSeconds })
    await until(async () => (await tokens(page)()).length, 3)
    for (let second = 0; second < 10; second += 1) await pages.pass(context, 1_000)
    await pages.asked(1)
    await context.clock.fastForward(445_000)
    await until(async () => (await tokens(page)()).length, 6)
  })

  test('a lead that is a word asks in a loop, or no more', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(() => {
      const onToken = ({ widgetToken }: { widgetToken: string }) => void window.seen.tokens.push(widgetToken)
      window.lib.keepWidgetToken(JSON.parse('{"userId":"ana","leadSeconds":"a minute"}'))()
      window.lib.keepWidgetToken(
        Object.assign({ onToken }, JSON.parse('{"userId":"ana","leadSeconds":"soon"}')),
      )
    })
    await until(async () => (await tokens(page)()).length, 1)
    for (let second = 0; second < 10; second += 1) await pages.pass(context, 1_000)
    await pages.asked(1)
    await context.clock.fastForward(445_000)
    await until(async () => (await tokens(page)()).length, 2)
  })

  test('a lead that is a bigint fails, or asks in a loop', async () => {
    const context = await pages.fresh()
    const page = await pages.open(context)
    await page.evaluate(() => {
      const onToken = ({ widgetToken }: { widgetToken: string }) => void window.seen.tokens.push(widgetToken)
      Reflect.apply(window.lib.keepWidgetToken, undefined, [{ userId: 'ana', leadSeconds: 5n, onToken }])
    })
    await until(tokens(page), ['canary-token-ana-1'])
    for (let second = 0; second < 10; second += 1) await pages.pass(context, 1_000)
    await pages.asked(1)
    expect(pages.complaints).toEqual([])
  })

  test.each([
    ['a url without a host', { url: 'http://' }],
    ['a url with a password', { url: 'https://name:canary@example.com/' }],
    ['a userId that is an odd object', { userId: { toString: 1, valueOf: 1 } }],
    ['a userId that is a number', { userId: 42 }],
    ['a userId that is an object', { userId: {} }],
    ['a userId that is a list', { userId: ['ana'] }],
    ['a userEmail that is no text', { userEmail: true }],
  ])('%s is told by an error without a code, or by one with the url in it', async (_, options) => {
    const page = await pages.open(await pages.fresh())
    const told = await page.evaluate(async (given) => {
      const tell = (error: unknown): void => void window.seen.errors.push(`${error} ${Object(error).code}`)
      try {
        Reflect.apply(window.lib.keepWidgetToken, undefined, [{ ...given, onToken: () => {} }])
      } catch (error) {
        tell(error)
      }
      await Reflect.apply(window.lib.createWidgetTokenFetcher, undefined, [given])().catch(tell)
      return window.seen.errors
    }, options)
    const expected = 'WidgetTokenError: invalid_options invalid_options'
    expect(told).toEqual([expected, expected])
  })
})
