import { type Options as Conversion, convert } from 'ast-v8-to-istanbul'
import type { Page } from 'playwright-core'
import { parseAstAsync } from 'vite'

/** A bundle, and where each part of it comes from. */
export interface Bundle {
  code: string
  map: NonNullable<Conversion['sourceMap']>
  /** Where it would be, from which its map counts. */
  url: string
}

type FileCoverage = Awaited<ReturnType<typeof convert>>[string]
type Counts = FileCoverage['s']

declare global {
  /** What vitest's reports and thresholds are made of. */
  var __VITEST_COVERAGE__: { [file: string]: FileCoverage } | undefined
}

/** Counts what runs in a page, from its first address to its last. */
export const countLines = (page: Page): Promise<void> =>
  page.coverage.startJSCoverage({ resetOnNavigation: false })

/** Adds what ran in a page to what vitest reports of the test file. A page that was closed says nothing any more. */
export async function addLines(page: Page, { code, map, url }: Bundle): Promise<void> {
  const scripts = await page.coverage.stopJSCoverage().catch(() => [])
  for (const { functions } of scripts.filter(({ source }) => source === code)) {
    const ast = parseAstAsync(code)
    const files = await convert({ code, sourceMap: map, coverage: { functions, url }, ast })
    globalThis.__VITEST_COVERAGE__ ??= {}
    for (const [path, file] of Object.entries(files)) add(globalThis.__VITEST_COVERAGE__, path, file)
  }
}

/** The same bundle has the same parts each time. */
function add(all: { [file: string]: FileCoverage }, path: string, { s, f, b, ...parts }: FileCoverage): void {
  const before = all[path]
  all[path] = {
    ...parts,
    s: sum(s, before?.s),
    f: sum(f, before?.f),
    b: Object.fromEntries(
      Object.entries(b).map(([id, ways]) => [
        id,
        ways.map((count, way) => count + (before?.b[id]?.[way] ?? 0)),
      ]),
    ),
  }
}

const sum = (some: Counts, more: Counts = {}): Counts =>
  Object.fromEntries(Object.entries(some).map(([id, count]) => [id, count + (more[id] ?? 0)]))
