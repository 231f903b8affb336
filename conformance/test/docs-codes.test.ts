import type { TesouroTokensErrorCode, WidgetTokenProblemCode } from '@tesouro-tokens/core'
import { expect, test } from 'vitest'
import { readTracked } from '../src/markdown.js'

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
