import { expect, test } from 'vitest'
import { describeInChromium, ends, keep, tokens, until } from './world/pages.js'

// What a page may do in its callbacks, and which of them are called after that.

describeInChromium('a callback', (pages) => {
  test.each([
    ['onToken', 200, ['1 token', '1 end', '2 end']],
    // Whoever has failed hears of it last.
    ['onError', 500, ['2 error', '2 end', '1 end']],
  ] as const)(
    'that signs out, %s, is followed by the same of another keeper: the next user’s page shows the old one’s widget',
    async (_, status, calls) => {
      const page = await pages.open(await pages.fresh())
      if (status === 500) pages.world.answer = (__, response) => void response.writeHead(500).end()
      await page.evaluate(() => {
        for (const keeper of [1, 2]) {
          const called = (what: string) => () => {
            window.seen.ends.push(`${keeper} ${what}`)
            if (what !== 'end') window.lib.announceSignOut()
          }
          window.lib.keepWidgetToken({
            userId: 'ana',
            onToken: called('token'),
            onError: called('error'),
            onSignedOut: called('end'),
          })
        }
      })
      await until(async () => (await ends(page)()).length, 3)
      expect(await ends(page)()).toEqual(calls)
    },
  )

  test('of a keeper that another one’s callback has stopped is called: it shows something in what is no more there', async () => {
    const page = await pages.open(await pages.fresh())
    await page.evaluate(() => {
      const stops: (() => void)[] = []
      for (const keeper of [1, 2])
        stops.push(
          window.lib.keepWidgetToken({
            userId: 'ana',
            onToken: () => void window.seen.tokens.push(`${keeper}`),
            onSignedOut: () => {
              window.seen.ends.push(`${keeper}`)
              for (const stop of stops) stop()
            },
          }),
        )
    })
    await until(tokens(page), ['1', '2'])
    await page.evaluate(() => window.lib.announceSignOut())
    expect(await ends(page)()).toEqual(['1'])
  })

  test('that stops its keeper fails where a token is at hand: there is no stop yet', async () => {
    const page = await pages.open(await pages.fresh())
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await page.evaluate(() => {
      const stop = window.lib.keepWidgetToken({
        userId: 'ana',
        onToken: () => {
          stop()
          window.seen.tokens.push('stopped')
        },
      })
    })
    expect(await tokens(page)()).toEqual(['canary-token-ana-1', 'stopped'])
    expect(pages.complaints).toEqual([])
  })

  test('is called after stop, where a token is at hand', async () => {
    const page = await pages.open(await pages.fresh())
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await page.evaluate(() =>
      window.lib.keepWidgetToken({ userId: 'ana', onToken: () => void window.seen.tokens.push('late') })(),
    )
    expect(await tokens(page)()).toEqual(['canary-token-ana-1'])
  })

  test('that begins to keep a token for another widget is followed by two calls of that', async () => {
    const page = await pages.open(await pages.fresh())
    await page.evaluate(() => {
      window.lib.keepWidgetToken({
        userId: 'ana',
        onToken: () => {
          window.seen.tokens.push('first')
          window.lib.keepWidgetToken({
            userId: 'ana',
            onToken: ({ widgetToken }) => void window.seen.tokens.push(widgetToken),
          })
        },
      })
    })
    await until(async () => (await tokens(page)()).length > 1, true)
    expect(await tokens(page)()).toEqual(['first', 'canary-token-ana-1'])
  })
})
