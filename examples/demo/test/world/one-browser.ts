import { browserIsMissing, startChromium } from '@tesouro-tokens/conformance/chromium'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser of all test files is spoken to; empty where there is none. */
    browser: string
  }
}

/** One Chromium for all test files: each visitor has a profile of their own in it. */
export default async function oneBrowser(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  project.provide('browser', '')
  if (browserIsMissing()) return undefined
  const chromium = await startChromium()
  project.provide('browser', chromium.wsEndpoint())
  return () => chromium.close()
}
