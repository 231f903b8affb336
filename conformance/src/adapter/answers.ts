import { expect } from 'vitest'
import type { RawAnswer } from './client.js'

/** What is wrong with an answer of the endpoint's own, in words; empty when nothing is. */
export function faultsOf(
  answer: RawAnswer,
  expected: { status: number; code?: string | undefined },
): string[] {
  const faults: string[] = []
  const { headers, json } = answer
  if (answer.status !== expected.status) faults.push(`status ${answer.status} instead of ${expected.status}`)
  if (headers['cache-control'] !== 'no-store') faults.push('may be kept on the way')
  if (headers['x-content-type-options'] !== 'nosniff') faults.push('may be sniffed')
  const vary = (headers.vary ?? '').toLowerCase().split(/\s*,\s*/)
  if (!vary.includes('origin') || !vary.includes('sec-fetch-site'))
    faults.push('vary does not say what decided')
  if (headers['access-control-allow-origin'] === '*') faults.push('open to every website')
  if (expected.code === undefined) return faults

  const member = (name: string): unknown =>
    typeof json === 'object' ? Reflect.get(json ?? {}, name) : undefined
  if (member('code') !== expected.code) faults.push(`code ${member('code')} instead of ${expected.code}`)
  if (member('status') !== expected.status) faults.push('the problem has another status')
  if (mediaTypeOf(answer) !== 'application/problem+json') faults.push('no problem document')
  return faults
}

/** The media type; frameworks may add a charset, which means nothing for JSON. */
export function mediaTypeOf(answer: RawAnswer): string | undefined {
  return answer.headers['content-type']?.replace(/; ?charset=utf-8$/i, '')
}

/** A problem document says what it has to and nothing else (RFC 9457). */
export function expectProblem(answer: RawAnswer, status: number, code: string): void {
  expect(answer.json).toEqual({
    type: 'about:blank',
    title: expect.stringMatching(/^[A-Z]/),
    status,
    detail: expect.stringMatching(/\.$/),
    code,
  })
  expect(answer.text).not.toContain('canary')
}

/** A token, its `exp`, and how long that is. */
export function expectToken(answer: RawAnswer): void {
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual({
    widgetToken: expect.stringMatching(/^[\w-]+(\.[\w-]+){4}$/),
    exp: expect.any(Number),
    expiresIn: expect.any(Number),
  })
  const { exp, expiresIn } = answer.json as { exp: number; expiresIn: number }
  expect(Number.isInteger(exp) && Number.isInteger(expiresIn)).toBe(true)
  expect(expiresIn).toBeGreaterThan(0)
  expect(expiresIn).toBeLessThanOrEqual(600)
}
