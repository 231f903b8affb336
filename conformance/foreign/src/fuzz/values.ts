import fc, { type Arbitrary } from 'fast-check'

/** Text of every kind: words of the field, control characters, halves of surrogate pairs. */
export const text: Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 2_000, size: 'large' }),
  fc.constantFrom('', ' ', 'null', '__proto__', 'constructor', '\u0000', '\ud800', '\r\nx: y', 'none'),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
)

/** JSON, nearly JSON, and none at all. */
export const nearlyJson: Arbitrary<string> = fc.oneof(
  fc.json(),
  text,
  fc.tuple(fc.json(), fc.nat()).map(([json, at]) => json.slice(0, at % (json.length + 1))),
  fc.json().map((json) => `\ufeff${json}`),
  fc.nat({ max: 5_000 }).map((depth) => '['.repeat(depth)),
)

/** One text after a few changes: characters dropped, doubled, replaced. */
export function damaged(whole: string): Arbitrary<string> {
  const change = fc.record({ at: fc.nat(), drop: fc.nat({ max: 3 }), put: fc.string({ maxLength: 3 }) })
  return fc.array(change, { maxLength: 4 }).map((changes) =>
    changes.reduce((given, { at, drop, put }) => {
      const from = at % (given.length + 1)
      return given.slice(0, from) + put + given.slice(from + drop)
    }, whole),
  )
}

/** A value like one that is right: two members at most are missing, of another kind, or foreign. */
export function nearly(right: { readonly [name: string]: unknown }): Arbitrary<object> {
  const value = fc.oneof(text, fc.jsonValue(), fc.constantFrom(undefined, Number.NaN, -1, 1e300, ''))
  const changes = fc.array(fc.tuple(fc.constantFrom(...Object.keys(right)), value), { maxLength: 2 })
  return changes.map((changed) => ({ ...right, ...Object.fromEntries(changed) }))
}
