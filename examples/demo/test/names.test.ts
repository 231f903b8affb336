import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import type { Page } from 'playwright-core'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import type { ExampleName } from '../src/examples.js'
import { inWords } from '../src/story.js'
import { type Demo, startDemo } from './world/demo.js'
import { answerOf, press, visitAsStranger } from './world/tabs.js'

// A user has one name: on the page, in the terminal, in all processes of a fleet.

async function start(example: ExampleName): Promise<Demo> {
  const demo = await startDemo(example)
  onTestFinished(() => demo.close())
  return demo
}

/** The balancer gives each process its turn. */
const askAll = (page: Page): Promise<unknown> =>
  page.evaluate(() => Promise.all([1, 2, 3].map(() => fetch('/api/accounts'))))

const every = (texts: readonly string[], pattern: RegExp): string[] => [
  ...new Set(texts.flatMap((text) => pattern.exec(text)?.[1] ?? [])),
]

describe.skipIf(inject('browser') === '')('one user has several names', () => {
  it.each([
    ['express', 0],
    ['fleet', 3],
  ] as const)('in the terminal and on the page of %s', async (example, processes) => {
    if (processes > 1 && redisIsMissing()) return
    const demo = await start(example)
    const before = demo.lines.length
    await visitAsStranger(demo, async (page) => {
      const facts = page.getByTestId('timeline').locator('.facts')
      await press(page, 'Sign in as Ana')
      const toldBy = async (): Promise<number> => {
        await askAll(page)
        return every(await facts.filter({ hasText: 'user' }).allTextContents(), /process (\d)/).length
      }
      await expect.poll(toldBy).toBe(processes)
      await facts.filter({ hasText: 'user' }).nth(2).waitFor()
      const shown = every(await facts.allTextContents(), /user (\w+)/)
      const printed = every(demo.lines.slice(before).map(inWords), /\[user (\w+)\]/)
      expect(shown).toHaveLength(1)
      expect(printed).toEqual(shown)
    })
  })
})

describe.skipIf(inject('browser') === '' || redisIsMissing())('in a fleet', () => {
  it('the page counts what a logout has not dropped', async () => {
    const demo = await start('fleet')
    await visitAsStranger(demo, async (page) => {
      await press(page, 'Sign in as Ana')
      const served = async (): Promise<string | null> => {
        await askAll(page)
        return page.getByTestId('fleet').textContent()
      }
      await expect.poll(served).toContain('in 3 processes')
      await press(page, 'Log out')
      expect(await answerOf(page, 'farewell')).toMatch(
        /ended the session( and dropped [1-9] access token|\.)/,
      )
    })
  })
})
