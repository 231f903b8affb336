import { expect, test } from 'vitest'
import { describeInChromium, ends, keep, tokens, until } from './world/pages.js'
import { json } from './world/server.js'

describeInChromium('a tab where somebody has just signed in is ended', (pages) => {
  test.each([
    ['not_signed_in', 401],
    ['identity_mismatch', 403],
  ] as const)('by %s for a request that another tab sent before', async (code, status) => {
    const context = await pages.fresh()
    const [late, page] = [await pages.open(context), await pages.open(context)]
    let finish = (): void => {}
    pages.world.answer = (_, response) => {
      finish = () => json(response, status, { code })
    }
    await keep(late)
    await pages.asked(1)
    pages.world.answer = undefined
    await context.clock.runFor(1_000)
    await keep(page)
    finish()
    await until(ends(late), [code])
    await until(tokens(page), ['canary-token-ana-2'])
    expect(await ends(page)()).toEqual([])
  })

  test('by what another tab was told before this one got its token, or not by a tab that does not say when it asked', async () => {
    const context = await pages.fresh()
    const [page, other] = [await pages.open(context), await pages.open(context)]
    await keep(page)
    await until(tokens(page), ['canary-token-ana-1'])
    await context.clock.fastForward(445_000)
    await until(tokens(page), ['canary-token-ana-1', 'canary-token-ana-2'])
    await other.evaluate(() => {
      const channel = new BroadcastChannel('tesouro-tokens/1')
      const name = `${location.origin}/api/tesouro/widget-token ana`
      const until = Date.now() + 1_000
      channel.postMessage({ name, code: 'not_signed_in', life: 300, until })
      channel.postMessage({ name, code: 'identity_mismatch', until })
    })
    await until(ends(page), ['identity_mismatch'])
  })
})
