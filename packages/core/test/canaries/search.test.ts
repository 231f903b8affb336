import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { secretsIn } from './search.js'
import { everySecret, hostileError, secrets } from './secrets.js'

// The proof is worth as much as its search: this is what it can find.

it('the search finds each secret in each form and in each corner of an error', () => {
  for (const [name, secret] of Object.entries(secrets)) {
    const bytes = Buffer.from(secret)
    const hex = bytes.toString('hex')
    const forms = [
      secret,
      secret.toUpperCase(),
      secret.slice(3, 15),
      hex,
      hex.replace(/..(?=.)/g, '$&:'),
      hex.replace(/../g, '%$&'),
      encodeURIComponent(secret),
      JSON.stringify(secret),
      ...['', 'a', 'ab'].flatMap((before) => [
        Buffer.from(before + secret).toString('base64'),
        Buffer.from(before + secret).toString('base64url'),
      ]),
    ]
    for (const form of forms) expect(secretsIn(`before ${form} after`), `${name} as ${form}`).not.toEqual([])
  }
  for (const [corner, holder] of Object.entries(corners(secrets.clientSecret))) {
    expect(secretsIn(holder), corner).toContain('clientSecret')
  }
  expect(secretsIn(hostileError())).toEqual(expect.arrayContaining(Object.keys(secrets)))
  expect(secretsIn(`${everySecret.length} characters: nothing to see`)).toEqual([])
})

function corners(text: string): Record<string, unknown> {
  class Getter extends Error {
    get answer(): string {
      return text
    }
  }
  return {
    message: new Error(text),
    'chain of causes': new Error('x', { cause: new Error('y', { cause: text }) }),
    'joined errors': new AggregateError([new Error(text)]),
    'symbol, object, array and map': Object.assign(new Error('x'), {
      [Symbol('s')]: { a: [new Map([[1, text]])] },
    }),
    'hidden member': Object.defineProperty(new Error('x'), 'hidden', { value: text }),
    'inherited accessor': new Getter('x'),
    bytes: { body: Buffer.from(text) },
    toJSON: { toJSON: () => text },
    toString: { toString: () => text },
  }
}
