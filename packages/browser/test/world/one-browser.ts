import { browserIsMissing, startChromium } from '@tesouro-tokens/conformance/chromium'
import type { TestProject } from 'vitest/node'
import { bundlePackage } from './bundle.js'
import type { Bundle } from './coverage.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser of all test files is spoken to; empty where there is none. */
    browser: string
    /** The package, as pages load it. */
    source: string
    /** Where each part of it comes from. */
    map: Bundle['map']
  }
}

/** One Chromium for all test files: each test has a profile of its own in it. */
export default async function oneBrowser(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { code, map } = await bundlePackage()
  project.provide('source', code)
  project.provide('map', map)
  project.provide('browser', '')
  if (browserIsMissing()) return undefined
  const chromium = await startChromium()
  project.provide('browser', chromium.wsEndpoint())
  return () => chromium.close()
}
