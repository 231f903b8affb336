// Takes the pictures in docs/screenshots: `pnpm run screenshots` at the root.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { shortLives, startStage } from './stage.js'
import { say } from './terminal.js'

interface Picture {
  name: string
  width: number
  height: number
  theme: 'light' | 'dark'
  fullPage?: boolean
}

const pictures: readonly Picture[] = [
  { name: 'desktop', width: 1280, height: 900, theme: 'light' },
  { name: 'dark', width: 1280, height: 900, theme: 'dark' },
  { name: 'phone', width: 390, height: 844, theme: 'light' },
]
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const folder = process.argv[2] ?? fileURLToPath(new URL('../../../docs/screenshots', import.meta.url))

mkdirSync(folder, { recursive: true })
const stage = await startStage({
  example: 'express',
  usualPorts: false,
  lives: shortLives,
  onPlatformLine: () => {},
  onExampleLine: () => {},
})
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: flags,
})
try {
  // one after the other: the timeline shows what happens for everybody
  for (const picture of pictures) await take(browser, picture)
} finally {
  await browser.close()
  await stage.close()
}

/** A page that has been open for as long as it takes to see a refresh, and on which something was tried. */
async function take(
  browser: Browser,
  { name, width, height, theme, fullPage = false }: Picture,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme })
  const page = await context.newPage()
  await page.goto(stage.example.origin)
  await page.getByRole('button', { name: 'Sign in as Ana' }).click()
  await page.getByTestId('mints').getByText('Refreshed').first().waitFor()
  await page.getByRole('button', { name: 'Expire my access token' }).click()
  await told(page, 'made one token exchange')
  await page.getByRole('button', { name: 'Pretend to be Bruno' }).click()
  await told(page, 'Refused with 403')
  await page.mouse.move(0, 0)
  await page.evaluate('scrollTo(0, 0)')
  const path = resolve(folder, `${name}.png`)
  await page.screenshot({ path, fullPage, scale: 'css', animations: 'disabled' })
  say(path)
  await context.close()
}

async function told(page: Page, part: string): Promise<void> {
  await page.getByTestId('told').getByText(part).waitFor()
}
