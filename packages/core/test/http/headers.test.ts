import type { WidgetTokenRequestHeaders } from '@tesouro-tokens/core'
import { describe, expect, test } from 'vitest'
import { ask } from './post.js'

/** CloudFront's form. */
const edge = (value: string): never => [{ key: 'Origin', value }] as never

describe('headers as serverless adapters make them', () => {
  test.each<[name: string, headers: WidgetTokenRequestHeaders, body: unknown, status: number]>([
    ['a length that is a number', { 'content-type': 'application/json', 'content-length': 2 }, '{}', 200],
    ['a length over 8 KiB that is a number', { 'content-length': 9_000 }, '{}', 413],
    ['a length that is no length', { 'content-type': 'application/json', 'content-length': 1.5 }, '{}', 400],
    [
      'null for what is absent',
      { origin: null, 'content-type': null, 'transfer-encoding': null },
      undefined,
      200,
    ],
    ['lists of one', { 'content-type': ['application/json'], 'content-length': [2] }, '{}', 200],
    ['empty lists', { origin: [], 'content-type': [] }, undefined, 200],
    ['a list with null in it', { origin: [null as never], 'content-type': ['application/json'] }, '{}', 200],
    ['false for what is absent', { origin: false as never, 'content-type': 'application/json' }, '{}', 200],
    ['an origin that cannot be read', { origin: {} as never, 'content-type': 'application/json' }, '{}', 403],
    ['an origin as Lambda@Edge has it', { origin: edge('https://evil.example') }, undefined, 403],
    ['its own origin as Lambda@Edge has it', { origin: edge('https://bank.example') }, undefined, 200],
    ['an empty object where there is no body', {}, {}, 200],
    ['an empty object of another type', { 'content-type': 'text/plain' }, {}, 415],
  ])('%s', async (_, headers, body, status) => {
    const { answer, errors } = await ask({ headers, body })
    expect([answer.status, errors]).toEqual([status, []])
  })
})

test.each<[name: string, host: unknown, status: number]>([
  ['a list of one', ['bank.example'], 200],
  ['null', null, 403],
  ['an object', { toString: () => expect.fail('was asked for a text') }, 403],
  ['a symbol', Symbol('host'), 403],
])('a host that is %s makes the handler reject', async (_, host, status) => {
  const headers = { origin: 'https://bank.example' }
  const { answer, errors } = await ask({ host: host as never, headers })
  expect([answer.status, errors]).toEqual([status, []])
})
