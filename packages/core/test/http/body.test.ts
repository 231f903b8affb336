import { Readable } from 'node:stream'
import { nodeRequestBody, type TesouroUser } from '@tesouro-tokens/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ask, json } from './post.js'

const applicationJson = { 'content-type': 'application/json' }
const limit = 8 * 1024
const padded = (bytes: number): string => JSON.stringify({ pad: 'x'.repeat(bytes - '{"pad":""}'.length) })

async function* chunks(...parts: unknown[]): AsyncGenerator<unknown> {
  for (const part of parts) yield part
}

/** Fills the same memory again for each chunk, as some servers do. */
async function* reusing(text: string): AsyncGenerator<unknown> {
  const memory = new Uint8Array(1)
  for (const byte of new TextEncoder().encode(text)) {
    memory[0] = byte
    yield memory
  }
}

/** A request of Node's that nobody has read. */
const unread = (httpVersionMajor: number, headers: { [name: string]: string }) =>
  Object.assign(Readable.from(['a body']), { httpVersionMajor, headers })

describe('a stream of Node’s', () => {
  test.each([
    ['is not read where HTTP/1 says that there is no body', 1, {}, false],
    ['is read where a length is announced', 1, { 'content-length': '6' }, true],
    ['is read where it comes in chunks', 1, { 'transfer-encoding': 'chunked' }, true],
    ['is read where the version of HTTP needs no announcement', 2, {}, true],
  ])('%s', (_name, version, headers, read) => {
    expect(nodeRequestBody(unread(version, headers), undefined) !== undefined).toBe(read)
  })
})

describe('no body is fine', () => {
  test.each<[name: string, input: object]>([
    ['none', {}],
    ['null', { body: null }],
    ['empty text', { body: '' }],
    ['empty text of another type', { body: '', headers: { 'content-type': 'text/plain' } }],
    ['no bytes', { body: new Uint8Array(), headers: { 'content-type': 'text/plain' } }],
    [
      'an empty stream',
      { body: chunks(), headers: { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' } },
    ],
    ['what a parser made of nothing', { body: {}, headers: { 'content-length': '0' } }],
  ])('%s', async (_name, input) => {
    expect((await ask(input)).answer.status).toBe(200)
  })
})

describe('a body that names the signed-in user, in every form in which frameworks hand it over', () => {
  const text = JSON.stringify({ userId: 'alice', userEmail: ' Alice@EXAMPLE.com ' })
  const bytes = new TextEncoder().encode(text)
  test.each<[name: string, body: unknown]>([
    ['text', text],
    ['bytes', bytes],
    ['a Buffer', Buffer.from(text)],
    ['an ArrayBuffer', bytes.slice().buffer],
    ['a parsed value', JSON.parse(text)],
    ['a stream that uses its memory again', reusing(text)],
    ['a stream of bytes', chunks(bytes.subarray(0, 5), bytes.subarray(5))],
    ['a stream of text', chunks(text.slice(0, 9), text.slice(9))],
    ['a ReadableStream', new Blob([text]).stream()],
    ['text with a byte order mark', Buffer.from(`\ufeff${text}`)],
  ])('%s', async (_name, body) => {
    expect((await ask({ headers: applicationJson, body })).answer.status).toBe(200)
  })

  test.each<[name: string, body: unknown]>([
    ['text', '{"userId":"bob"}'],
    ['bytes', Buffer.from('{"userId":"bob"}')],
    ['an ArrayBuffer', new TextEncoder().encode('{"userId":"bob"}').slice().buffer],
    ['a parsed value', { userId: 'bob' }],
    ['a stream', chunks(Buffer.from('{"userId"'), Buffer.from(':"bob"}'))],
    ['an inherited member', Object.create({ userId: 'bob' })],
  ])('and one that names another does not pass as %s', async (_name, body) => {
    const { code, tokens } = await ask({ headers: applicationJson, body })
    expect([code, tokens.mintedFor]).toEqual(['identity_mismatch', []])
  })
})

describe('the identity in the body', () => {
  test.each<[body: object, code: string | undefined]>([
    [{ userId: 'alice' }, undefined],
    [{ userEmail: 'ALICE@example.COM\n' }, undefined],
    [{ userId: 'Alice' }, 'identity_mismatch'],
    [{ userId: ' alice' }, 'identity_mismatch'],
    [{ userId: '' }, 'identity_mismatch'],
    [{ userId: 'alice', userEmail: 'bob@example.com' }, 'identity_mismatch'],
    [{ userEmail: '' }, 'identity_mismatch'],
    [{ userEmail: 'alıce@example.com' }, 'identity_mismatch'],
    [{ userEmail: 'alice@example.com'.replace('e', 'е') }, 'identity_mismatch'],
    [{ userId: null }, 'invalid_body'],
    [{ userId: 7 }, 'invalid_body'],
    [{ userId: ['alice'] }, 'invalid_body'],
    [{ userEmail: { toString: 'alice@example.com' } }, 'invalid_body'],
    [['alice'], 'invalid_body'],
  ])('%j', async (body, code) => {
    expect((await ask(json(body))).code).toBe(code)
  })

  test('a letter outside ASCII whose lower case is an ASCII letter does not make two addresses one', async () => {
    const user: TesouroUser = { sub: 'k', email: 'k@example.com' }
    const { code } = await ask(json({ userEmail: '\u212a@example.com' }), { getUser: () => user })
    expect(code).toBe('identity_mismatch')
  })
})

describe('a body of the wrong form', () => {
  test.each([
    '',
    'null',
    '7',
    '"alice"',
    '[]',
    '{',
    '{"userId":"alice"}}',
    "{'userId':'alice'}",
    'userId=alice',
  ])('%s', async (body) => {
    const { answer } = await ask(json(body))
    expect(answer.status).toBe(body === '' ? 200 : 400)
  })

  test.each<[name: string, input: object]>([
    ['bytes that are no UTF-8', { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }],
    [
      'a transfer that was cut',
      {
        body: (async function* () {
          yield '{'
          throw new Error('aborted')
        })(),
      },
    ],
    ['chunks that are neither text nor bytes', { body: chunks({ userId: 'alice' }) }],
    ['null, parsed', { body: null, headers: { ...applicationJson, 'content-length': '4' } }],
    ['a length that is none', { body: '{}', headers: { ...applicationJson, 'content-length': '2, 2' } }],
    ['two lengths', { body: '{}', headers: { ...applicationJson, 'content-length': ['2', '2'] } }],
  ])('%s', async (_name, input) => {
    const { code, errors } = await ask({ headers: applicationJson, ...input })
    expect([code, errors]).toEqual(['invalid_body', []])
  })
})

describe('nobody is signed in', () => {
  test.each(['null', 'undefined'])('(%s): not a byte of the body is asked for', async (nobody) => {
    const body: AsyncIterable<unknown> = {
      [Symbol.asyncIterator]: () => {
        throw new Error('the body was opened')
      },
    }
    const { code, errors } = await ask(
      { headers: { ...applicationJson, 'content-length': '20' }, body },
      { getUser: () => (nobody === 'null' ? null : undefined) },
    )
    expect([code, errors]).toEqual(['not_signed_in', []])
  })
})

test('a body that never ends to arrive keeps a request for ever', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let left = false
  const body = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<IteratorResult<unknown>>(() => {}),
      return: async () => {
        left = true
        return { done: true as const, value: undefined }
      },
    }),
  }
  const asked = ask({ headers: applicationJson, body })
  let answered = false
  void asked.then(() => {
    answered = true
  })
  await vi.advanceTimersByTimeAsync(9_999)
  expect(answered).toBe(false)
  await vi.advanceTimersByTimeAsync(50)
  expect((await asked).code).toBe('invalid_body')
  expect(left).toBe(true)
})

describe('content types', () => {
  test.each<[type: string | string[] | undefined, status: number]>([
    ['application/json', 200],
    ['Application/JSON', 200],
    ['application/json;charset=utf-8', 200],
    ['application/json ; charset=UTF-8', 200],
    [undefined, 415],
    ['', 415],
    ['text/plain', 415],
    ['text/plain; application/json', 415],
    ['text/plain, application/json', 415],
    ['application/json, text/plain', 415],
    ['application/json; a=b, text/plain', 415],
    [['application/json', 'application/json'], 415],
    ['application/json2', 415],
    ['application/problem+json', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=application/json', 415],
  ])('%s', async (type, status) => {
    // An empty object without a type is what some parsers leave where there is no body.
    const parsed = type === undefined ? { a: 1 } : {}
    for (const body of ['{}', Buffer.from('{}'), parsed, chunks('{}')]) {
      expect((await ask({ headers: { 'content-type': type }, body })).answer.status).toBe(status)
    }
  })
})

describe('8 KiB', () => {
  test('a body of exactly that is read; one byte more is not', async () => {
    for (const form of [String, Buffer.from, chunks] as ((text: string) => unknown)[]) {
      expect((await ask({ headers: applicationJson, body: form(padded(limit)) })).answer.status).toBe(200)
      expect((await ask({ headers: applicationJson, body: form(padded(limit + 1)) })).answer.status).toBe(413)
    }
  })

  test('text is measured in bytes, not in characters', async () => {
    const body = JSON.stringify({ pad: '€'.repeat(limit / 2) })
    expect((await ask({ headers: applicationJson, body })).answer.status).toBe(413)
  })

  test('a declared length over it is refused before a byte is read', async () => {
    let read = false
    const body = (async function* () {
      read = true
      yield '{}'
    })()
    const { answer } = await ask({
      headers: { ...applicationJson, 'content-length': String(limit + 1) },
      body,
    })
    expect([answer.status, read]).toEqual([413, false])
  })

  test('an endless stream is left, not read', async () => {
    let given = 0
    let left = false
    const body = (async function* () {
      try {
        for (;;) {
          given += 1
          yield Buffer.alloc(1024, '{')
        }
      } finally {
        left = true
      }
    })()
    const { answer } = await ask({ headers: applicationJson, body })
    expect([answer.status, given, left]).toEqual([413, 9, true])
  })
})

test('a body that is there although its length was declared as 0 is compared all the same', async () => {
  const { code } = await ask({
    headers: { ...applicationJson, 'content-length': '0' },
    body: '{"userId":"bob"}',
  })
  expect(code).toBe('identity_mismatch')
})

test('a body that was announced but kept from the endpoint is a mistake of the server, never a mint', async () => {
  for (const announced of [{ 'content-length': '20' }, { 'transfer-encoding': 'chunked' }]) {
    const { code, errors, tokens } = await ask({ headers: { ...applicationJson, ...announced } })
    expect([code, errors.length, tokens.mintedFor]).toEqual(['misconfigured', 1, []])
    expect(String(errors[0])).toMatch(/read before/)
  }
})
