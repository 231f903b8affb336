import type { TesouroTokensErrorCode, WidgetTokenProblemCode } from '@tesouro-tokens/core'
import { expect, test } from 'vitest'
import { readTracked, trackedFiles } from '../src/markdown.js'

// Records, so that the type check fails for a code that core has and this list has not.
const errorCodes: Record<TesouroTokensErrorCode, true> = {
  configuration: true,
  invalid_user: true,
  invalid_request: true,
  subject_token: true,
  token_endpoint: true,
  rate_limited: true,
  upstream_unavailable: true,
  upstream_response: true,
  user_forgotten: true,
  cache_unavailable: true,
  closed: true,
}
const problemCodes: Record<WidgetTokenProblemCode, true> = {
  method_not_allowed: true,
  origin_not_allowed: true,
  not_signed_in: true,
  body_too_large: true,
  unsupported_media_type: true,
  invalid_body: true,
  identity_mismatch: true,
  user_not_eligible: true,
  rate_limited: true,
  misconfigured: true,
  temporarily_unavailable: true,
}

/** The codes that have a heading of their own in a section of the page. */
function explained(section: string): string[] {
  const page = readTracked('docs/troubleshooting.md')
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? ''
  return [...text.matchAll(/^### `(\w+)`$/gm)].map(([, code = '']) => code)
}

test('an error code has no explanation, or one that is explained no longer exists', () => {
  expect(explained('Errors').toSorted()).toEqual(Object.keys(errorCodes).toSorted())
})

test('an answer of the endpoint has no explanation, or stands elsewhere than in the order of the checks', () => {
  expect(explained('Answers of the endpoint')).toEqual(Object.keys(problemCodes))
})

const place = 'docs/troubleshooting.md'
const packagePages = ['core', 'express', 'nestjs', 'next'].map((name) => `packages/${name}/README.md`)

test.each(packagePages)('a code that %s explains does not lead to its place', (page) => {
  const rows = [...readTracked(page).matchAll(/^\| (?:(\d{3}) \| )?\[?`([a-z_]+)`(?:\]\(([^)]*)\))? \|/gm)]
  const codes = rows.filter(([, , code = '']) => code in errorCodes || code in problemCodes)
  expect(codes.length).toBeGreaterThanOrEqual(Object.keys(problemCodes).length)
  for (const [row, status, code, link] of codes) {
    // the one code that stands in both lists: its second heading is the endpoint's
    const fragment = status !== undefined && code === 'rate_limited' ? 'rate_limited-1' : code
    expect(link, row).toBe(`../../${place}#${fragment}`)
  }
})

/** What is written on the console, by the beginning or end that does not depend on the request. */
const warnings: Readonly<Record<string, readonly string[]>> = {
  'packages/core/src/http/hint.ts': [
    'the endpoint was asked by ',
    'getUser returned a user without ',
    'getUser returned nobody for a request with ',
  ],
  'packages/core/src/http/report.ts': ['the widget token endpoint failed:'],
  'packages/express/src/router.ts': [' was asked for, but the endpoint is '],
}

test.each(Object.entries(warnings))('a warning that %s writes is not explained', (file, texts) => {
  const [, section = ''] = readTracked(place).split('## Warnings on the console\n')
  for (const text of texts) {
    expect(readTracked(file)).toContain(text)
    const row = section.split('\n').find((line) => line.startsWith('| `') && line.includes(text.trim()))
    expect(row, text).toMatch(/\]\(#[\w-]+\)/)
  }
})

test('a package writes warnings of which no page knows', () => {
  const writers = trackedFiles('packages/*/src/*.ts').filter((file) =>
    /^(?! *\*).*\b(console\.(warn|error)|emitWarning)\(/m.test(readTracked(file)),
  )
  // hints are put together in one file and written in another
  expect(writers.filter((file) => !(file in warnings))).toEqual([])
})
