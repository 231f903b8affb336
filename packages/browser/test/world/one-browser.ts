import { browserIsMissing, startChromium } from '@tesouro-tokens/conformance/chromium'
import type { TestProject } from 'vitest/node'
import { bundlePackage } from './bundle.js'
import type { Bundle } from './coverage.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser of all test files is spoken to; empty where there is none. */
    browser: string
    /** The package, as pages load it. */
    bundle: Bundle
  }
}

/** One Chromium for all test files: each test has a profile of its own in it. */
export default async function oneBrowser(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  project.provide('bundle', await bundlePackage())
  project.provide('browser', '')
  if (browserIsMissing()) return undefined
  const chromium = await startChromium()
  project.provide('browser', chromium.wsEndpoint())
  return () => chromium.close()
}
