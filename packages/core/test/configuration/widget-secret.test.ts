import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { ConfigurationError, createTesouroTokens } from '../../src/index.js'
import { thrownBy, validOptions, widgetSecret } from '../valid-options.js'

function refusal(secret: unknown): ConfigurationError {
  const error = thrownBy(() => createTesouroTokens(validOptions({ widgetSecret: secret as string })))
  expect(error).toBeInstanceOf(ConfigurationError)
  return error as ConfigurationError
}

/** Whether four characters in a row of the secret stand in a text. */
function repeats(text: string, secret: string): boolean {
  const lower = text.toLowerCase()
  for (let start = 0; start + 4 <= secret.length; start += 1) {
    if (lower.includes(secret.slice(start, start + 4).toLowerCase())) return true
  }
  return false
}

const strangers = [
  ' ',
  '\n',
  '\t',
  '\r\n',
  '"',
  "'",
  '-',
  ':',
  '=',
  '_',
  'g',
  'O',
  'l',
  '\u{ff10}',
  '\u{ff21}',
  '\0',
  '\u{feff}',
  'é',
]

/** Every text that is one edit away: a character dropped, doubled, replaced, or a stranger put in. */
function* neighbours(secret: string): Generator<string> {
  for (let at = 0; at < secret.length; at += 1) {
    const [before, digit = '', after] = [secret.slice(0, at), secret[at], secret.slice(at + 1)]
    yield before + after
    yield before + digit + digit + after
    for (const stranger of strangers) {
      yield before + stranger + after
      yield before + stranger + digit + after
    }
    for (const digit of '0123456789abcdef') yield before + digit + secret.slice(at)
    yield before + String.fromCodePoint((digit.codePointAt(0) ?? 0) + 0xfee0) + after
    for (let code = 0x21; code < 0x7f; code += 1) {
      const typed = String.fromCharCode(code)
      if (/[0-9a-f]/i.test(typed)) continue
      yield before + typed + after
      yield before + typed + digit + after
    }
  }
  for (const around of ['"', "'", '`', ' ', '\n', '0x', '0X', '\\x', '<']) {
    yield around + secret
    yield secret + around
    yield around + secret + around
  }
}

describe('a widget secret that is not exactly 64 hex digits', () => {
  it('is refused at construction for 10,000 one-edit neighbours of a valid one, and no message repeats four characters of it', () => {
    const all = new Set(neighbours(widgetSecret))
    let refused = 0
    for (const neighbour of all) {
      const { message } = refusal(neighbour)
      if (repeats(message, widgetSecret)) throw new Error('a message repeats the secret')
      refused += 1
    }
    expect(refused).toBeGreaterThanOrEqual(10_000)
  })

  it.each([
    ['a trailing line break', `${widgetSecret}\n`, 'line break around it'],
    ['a leading space', ` ${widgetSecret}`, 'white space'],
    ['quotes', `"${widgetSecret}"`, 'in quotes'],
    ['0x in front', `0x${widgetSecret}`, 'starts with 0x'],
    ['the variable name in front', `TESOURO_WIDGET_SECRET=${widgetSecret}`, 'a name in front'],
    ['base64 of the 32 bytes', Buffer.from(widgetSecret, 'hex').toString('base64'), 'base64 of 32 bytes'],
    [
      'base64url of the 32 bytes',
      Buffer.from(widgetSecret, 'hex').toString('base64url'),
      'base64 of 32 bytes',
    ],
    ['base64 of the hex text', Buffer.from(widgetSecret).toString('base64'), 'base64 of the hex digits'],
    ['hex of the hex text', Buffer.from(widgetSecret).toString('hex'), 'put into hex twice'],
    ['32 raw characters', 'Zq7!Zq7!Zq7!Zq7!Zq7!Zq7!Zq7!Zq7!', '32 characters'],
    ['a digit lost', widgetSecret.slice(1), 'has 63 hex digits: one was lost or typed twice'],
    ['a digit typed twice', `${widgetSecret}0`, 'has 65 hex digits: one was lost or typed twice'],
    ['half of it', widgetSecret.slice(0, 32), 'has 32 hex digits'],
    [
      'full-width digits',
      widgetSecret.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
      'full-width digits',
    ],
    ['pairs with colons', widgetSecret.replace(/..(?=.)/g, '$&:'), 'separators'],
    ['the letter O for a zero', widgetSecret.replace('0', 'O'), 'some are not hex digits'],
    ['nothing', '', 'is empty'],
    ['bytes', Buffer.from(widgetSecret, 'hex'), 'given as bytes'],
    ['a number', 42, 'must be a string'],
  ])('names the mistake of %s', (_, secret, words) => {
    const { problems } = refusal(secret)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^widgetSecret: /)
    expect(problems[0]).toContain(words)
    expect(repeats(String(problems[0]), widgetSecret)).toBe(false)
  })

  it('is the only thing refused: upper and lower case hex are both taken', () => {
    expect(() =>
      createTesouroTokens(validOptions({ widgetSecret: widgetSecret.toUpperCase() })),
    ).not.toThrow()
    expect(() =>
      createTesouroTokens(validOptions({ widgetSecret: widgetSecret.toLowerCase() })),
    ).not.toThrow()
  })
})
