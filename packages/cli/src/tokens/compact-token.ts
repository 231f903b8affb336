import { compactDecrypt } from 'jose'

/** A part of a token in compact form, as far as it can be read. */
export type Part = { json: { readonly [name: string]: unknown } } | { problem: string }

/** What a text is, told by its form alone (RFC 7515 §7.1, RFC 7516 §7.1). */
export type CompactToken =
  | { kind: 'jws'; parts: readonly string[]; header: Part; payload: Part }
  | { kind: 'jwe'; parts: readonly string[]; header: Part }
  | { kind: 'opaque' }
  | { kind: 'broken'; problem: string }

/** What people copy with a token: quotes, the name of a header, a prefix, white space. */
const wrapping: readonly [pattern: RegExp, what: string][] = [
  [/^\s+|\s+$/g, 'white space around it'],
  [/^(?:authorization:\s*)?bearer\s+/i, '"Bearer" in front of it'],
  [/^["'`]|["'`],?$/g, 'quotes around it'],
  [/^\s+|\s+$/g, 'white space around it'],
]

/** Takes off what was copied with a token, and says what that was. */
export function unwrapped(text: string): { token: string; notes: string[] } {
  const notes: string[] = []
  let token = text
  for (const [pattern, what] of wrapping) {
    const bare = token.replace(pattern, '')
    if (bare !== token && bare !== token.replace(/\n$/, '')) notes.push(what)
    token = bare
  }
  return { token, notes: [...new Set(notes)] }
}

/** Reads a token by its form. Nothing is decrypted and no signature is checked. */
export function readCompact(token: string): CompactToken {
  if (token === '') return { kind: 'broken', problem: 'it is empty' }
  if (token.startsWith('{')) {
    return { kind: 'broken', problem: 'it is JSON: give only the token in it, without names and quotes' }
  }
  const odd = /[^\w.~+/=-]/u.exec(token)
  if (odd !== null) return { kind: 'broken', problem: oddCharacter(token, odd.index) }
  const parts = token.split('.')
  if (parts.length === 1) {
    return token.startsWith('eyJ')
      ? {
          kind: 'broken',
          problem:
            'it has one part: a signed token has 3, an encrypted one 5. It was cut off at its first dot',
        }
      : { kind: 'opaque' }
  }
  if (parts.length === 3) {
    const [header = '', payload = ''] = parts
    return { kind: 'jws', parts, header: readPart(header, 'header'), payload: readPart(payload, 'payload') }
  }
  if (parts.length === 5) return { kind: 'jwe', parts, header: readPart(parts[0] ?? '', 'header') }
  const problem = `it has ${parts.length} parts: a signed token has 3 (RFC 7515), an encrypted one 5 (RFC 7516)`
  return {
    kind: 'broken',
    problem: parts.length > 5 ? `${problem}. Are these two tokens?` : `${problem}. Was it cut off?`,
  }
}

function oddCharacter(token: string, index: number): string {
  const part = token.slice(0, index).split('.').length
  const what = /\s/.test(token.charAt(index))
    ? 'white space or a line break'
    : 'a character that no token has'
  if (/%2e/i.test(token)) return 'it is percent-encoded: decode it first'
  if (token.includes('…') || token.includes('...')) return 'it was shortened (…) where it was copied from'
  return `part ${part} has ${what} at character ${index + 1}`
}

/** Decodes one part to a JSON object. */
function readPart(part: string, name: string): Part {
  if (part === '') return { problem: `the ${name} is empty` }
  const odd = /[^\w-]/.exec(part)
  if (odd !== null) {
    return {
      problem: `the ${name} is not base64url: character ${odd.index + 1} of it is not a letter, digit, - or _`,
    }
  }
  if (part.length % 4 === 1)
    return { problem: `the ${name} is not base64url: ${part.length} characters is a length that none has` }
  return (
    readJson(Buffer.from(part, 'base64url')) ?? {
      problem: `the ${name} is base64url, but what it holds is no JSON object: it was cut off or changed`,
    }
  )
}

/** Bytes as a JSON object; `undefined` for anything else. */
function readJson(bytes: Uint8Array): Part | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { json: value as { readonly [name: string]: unknown } }
      : undefined
  } catch {
    return undefined
  }
}

/** The plaintext of a widget token, or why it cannot be had. */
export async function openWidgetToken(token: string, widgetSecret: string): Promise<Part> {
  if (!/^[0-9a-f]{64}$/i.test(widgetSecret)) return { problem: 'the widget secret is not 64 hex digits' }
  try {
    const { plaintext } = await compactDecrypt(token, Buffer.from(widgetSecret, 'hex'), {
      keyManagementAlgorithms: ['A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return readJson(plaintext) ?? { problem: 'it opens, but what it holds is no JSON object' }
  } catch {
    return {
      problem:
        'it does not open with TESOURO_WIDGET_SECRET: it was minted with another secret, or changed on its way',
    }
  }
}
