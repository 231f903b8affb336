import type { BrowserContext, Page } from 'playwright-core'
import type { Demo } from './demo.js'

/** What is done with a page, and with the other tabs of its browser. */
export type InTabs = (page: Page, context: BrowserContext) => Promise<void>

export const door = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Sign in as Ana' }).waitFor()

/** Waits until it says so. */
export const says = (page: Page, testId: string, text: string): Promise<void> =>
  page.getByTestId(testId).getByText(text).waitFor()

/** What it says, once it says something. */
export async function answerOf(page: Page, testId: string): Promise<string> {
  const place = page.getByTestId(testId)
  await place.filter({ hasText: /./ }).waitFor()
  return (await place.textContent()) ?? ''
}

export const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name }).click()

export async function open(demo: Pick<Demo, 'origin'>, context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(demo.origin)
  return page
}

/** Waits until the widget shows accounts. */
export async function signIn(page: Page, name: string): Promise<void> {
  await press(page, `Sign in as ${name}`)
  await page.frameLocator('iframe').getByRole('listitem').first().waitFor()
}

/** In a browser of their own, on the first screen. */
export async function visitAsStranger(demo: Demo, body: InTabs): Promise<void> {
  const context = await demo.browser.newContext()
  try {
    await body(await open(demo, context), context)
  } finally {
    await context.close()
  }
}

/** In a browser of her own, signed in. */
export const visitAsAna = (demo: Demo, body: InTabs): Promise<void> =>
  visitAsStranger(demo, async (page, context) => {
    await signIn(page, 'Ana')
    await body(page, context)
  })
