import type { WidgetTokenRequestHeaders } from '@tesouro-tokens/core'
import { describe, expect, test } from 'vitest'
import { ask } from './post.js'

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
    ['what is no value', { origin: {} as never, 'content-type': 'application/json' }, '{}', 200],
    ['an empty object where there is no body', {}, {}, 200],
    ['an empty object of another type', { 'content-type': 'text/plain' }, {}, 415],
  ])('%s', async (_, headers, body, status) => {
    const { answer, errors } = await ask({ headers, body })
    expect([answer.status, errors]).toEqual([status, []])
  })
})
