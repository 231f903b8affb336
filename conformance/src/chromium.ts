import { existsSync } from 'node:fs'
import process from 'node:process'
import { type Browser, type BrowserServer, chromium } from 'playwright-core'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const executablePath: string | undefined = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find(
  (path) => path && existsSync(path),
)

/** Whether the tests have no browser to run in. @throws Error where services are required */
export function browserIsMissing(): boolean {
  if (executablePath !== undefined) return false
  const why = 'no Chromium: neither CHROMIUM_PATH nor /usr/bin/chromium is there'
  if (process.env.REQUIRE_SERVICES === '1') throw new Error(why)
  process.stderr.write(`\n*** SKIPPED, pages are not tested: ${why} ***\n\n`)
  return true
}

/** Starts Chromium as people have it: with its back/forward cache. */
export function startChromium(): Promise<BrowserServer> {
  return chromium.launchServer({
    ...(executablePath && { executablePath }),
    headless: true,
    args: flags,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}

/** Whatever is waited for in its pages may take two minutes: on a busy machine a page is given little of a processor. */
export async function connectTo(server: string): Promise<Browser> {
  const browser = await chromium.connect(server)
  browser.on('context', (context) => context.setDefaultTimeout(120_000))
  return browser
}
