// Takes the pictures in docs/screenshots: `npm run screenshots`, or `npm run screenshots -- express` for those of one.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type ExampleName, exampleNames } from '../arguments.mjs'
import { type Stage, shortLives, startStage } from './stage.js'
import { say } from './terminal.js'

interface Picture {
  name: string
  width: number
  height: number
  theme: 'light' | 'dark'
  /** Before somebody is signed in. */
  door?: true
}

const desktop = { width: 1280, height: 900, theme: 'light' } as const
const more: readonly Picture[] = [
  { name: 'first', ...desktop, height: 760, door: true },
  { name: 'first-phone', width: 390, height: 844, theme: 'dark', door: true },
  { name: 'dark', width: 1280, height: 900, theme: 'dark' },
  { name: 'phone', width: 390, height: 844, theme: 'light' },
]
/** The page is the same everywhere: it is shown from all sides once. */
const picturesOf = (example: ExampleName): readonly Picture[] =>
  example === 'express' ? [{ name: 'desktop', ...desktop }, ...more] : [{ name: example, ...desktop }]

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const folder = fileURLToPath(new URL('../../../docs/screenshots', import.meta.url))
const wanted = process.argv.slice(2)

mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: flags,
})
try {
  for (const example of exampleNames) {
    if (wanted.length > 0 && !wanted.includes(example)) continue
    const stage = await startStage({
      example,
      usualPorts: false,
      lives: shortLives,
      onPlatformLine: () => {},
      onExampleLine: () => {},
    })
    try {
      // one after the other: the timeline shows what happens for everybody
      for (const picture of picturesOf(example)) await take(browser, stage, picture)
    } finally {
      await stage.close()
    }
  }
} finally {
  await browser.close()
}

/** A page that has been open for as long as it takes to see a refresh, and on which something was tried. */
async function take(browser: Browser, { example }: Stage, picture: Picture): Promise<void> {
  const { name, width, height, theme } = picture
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme })
  const page = await context.newPage()
  await page.goto(example.origin)
  if (picture.door) await attack(page)
  else await useDesk(page, name)
  await page.mouse.move(0, 0)
  await page.evaluate('scrollTo(0, 0)')
  const path = resolve(folder, `${name}.png`)
  await page.screenshot({ path, scale: 'css', animations: 'disabled' })
  say(path)
  await context.close()
}

async function attack(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Attack the published snippet' }).click()
  await page.getByTestId('snippet-got').getByText('You are').waitFor()
  await page.getByRole('button', { name: 'Attack tesouro-tokens' }).click()
  await page.getByTestId('ours-got').getByText('No token').waitFor()
}

async function useDesk(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in as Ana' }).click()
  await page.getByTestId('mints').getByText('Refreshed').first().waitFor()
  await page.getByRole('button', { name: 'Expire my access token' }).click()
  await told(page, 'made one token exchange')
  // In a fleet: until every process has served the new token.
  if (name === 'fleet') await page.getByTestId('fleet').getByText('in 3 processes').waitFor()
  await page.getByRole('button', { name: 'Pretend to be Bruno' }).click()
  await told(page, 'Refused with 403')
}

async function told(page: Page, part: string): Promise<void> {
  await page.getByTestId('told').getByText(part).waitFor()
}
