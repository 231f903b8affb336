import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { bundle } from './world/bundle.js'
import { describeWithFiles, seen, until } from './world/pages.js'

const reactPage = fileURLToPath(new URL('world/react-page.tsx', import.meta.url))
const files = async (): Promise<Record<string, string>> => ({ '/react.js': await bundle(reactPage) })

const name = 'in React 19, in StrictMode, with the vendor’s kind of provider,'
describeWithFiles(name, files, (pages) => {
  async function openReact(context: BrowserContext): Promise<Page> {
    const page = await pages.open(context)
    await page.addScriptTag({ type: 'module', url: '/react.js' })
    return page
  }
  const shown = (page: Page) => (): Promise<string> => page.locator('output').innerHTML()
  const count = (): number => pages.world.asked.length

  /** Tabs with one token. The others have a tenth of a second to tell of it, which stands still until they have. */
  async function openTabs(context: BrowserContext, count: number): Promise<Page[]> {
    const first = await openReact(context)
    const tabs = [first]
    await allShowTheNewest(tabs)
    await context.addInitScript(() => {
      const told = new Promise<void>((resolve) => {
        new BroadcastChannel('tesouro-tokens/1').onmessage = ({ data }) => data.widgetToken && resolve()
      })
      Object.assign(window, { told })
    })
    await pages.stand(context, first)
    while (tabs.length < count) {
      const tab = await openReact(context)
      await tab.evaluate('told')
      tabs.push(tab)
    }
    await context.clock.resume()
    await allShowTheNewest(tabs)
    return tabs
  }
  const allShowTheNewest = (tabs: readonly Page[]): Promise<void> =>
    vi.waitFor(async () => {
      const all = await Promise.all(tabs.map((tab) => shown(tab)()))
      expect(all).toEqual(tabs.map(() => `canary-token-ana-${count()}`))
    }, 120_000)

  test('a render or a mount starts over', async () => {
    const context = await pages.fresh()
    const page = await openReact(context)
    await until(shown(page), 'canary-token-ana-1')
    for (let render = 0; render < 20; render += 1) await page.locator('#render').click()
    await page.locator('#toggle').click()
    await context.clock.runFor(5_000)
    await page.locator('#toggle').click()
    await until(shown(page), 'canary-token-ana-1')
    await pages.asked(1)
    expect(pages.complaints).toEqual([])
  })

  test('a token is over before the next one is there, in one of three tabs', async () => {
    const context = await pages.fresh()
    const tabs = await openTabs(context, 3)
    for (let life = 1; life <= 3; life += 1) {
      const before = count()
      await context.clock.fastForward(425_000)
      await vi.waitFor(() => expect(count()).toBeGreaterThan(before), 120_000)
      await allShowTheNewest(tabs)
      await pages.asked(before + 1)
    }
  })

  test('the provider asks for ever after a logout, or a tab is not told of it', async () => {
    const context = await pages.fresh()
    const tabs = await openTabs(context, 2)
    const before = count()
    pages.world.session = undefined
    await context.clock.fastForward(425_000)
    for (const tab of tabs) await until(async () => (await seen(tab)).ends, ['not_signed_in'])
    for (let step = 0; step < 20; step += 1) await context.clock.runFor(30_000)
    await pages.asked(before + 1)
    expect(pages.complaints).toEqual([])
  })
})
