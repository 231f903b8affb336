import { Buffer } from 'node:buffer'
import { inspect } from 'node:util'
import { secrets } from './secrets.js'

/** So many characters in a row that a text shares with a form of a secret are a leak of a part. */
const telling = 12

/** Fragments of every form of every secret, and whose they are. */
const fragments = new Map<string, string>()
/** The same without separators: `aa:bb` and `%aa%bb` are found as `aabb`. */
const bareFragments = new Map<string, string>()
/** Lines in which nothing was found: most are frames of stacks, and the same every time. */
const cleanLines = new Set<string>()

for (const [name, secret] of Object.entries(secrets)) addSecret(name, secret)
addBytes('widgetSecret', Buffer.from(secrets.widgetSecret, 'hex'))
addBytes('signingKey', Buffer.from(secrets.signingKey, 'base64url'))
addBytes('signingKeyPem', Buffer.from(secrets.signingKeyPem, 'base64'))

/** Adds a secret that came about while the tests ran, such as a subject token that was signed. */
export function addSecret(name: string, secret: string): void {
  cleanLines.clear()
  add(name, secret)
  add(name, JSON.stringify(secret).slice(1, -1))
  add(name, encodeURIComponent(secret))
  addBytes(name, Buffer.from(secret))
}

function addBytes(name: string, bytes: Buffer): void {
  const hex = bytes.toString('hex')
  add(name, hex)
  add(name, hex.replace(/../g, '%$&'))
  // Base64 has three looks, by where the secret begins; characters that also hold a neighbour's bits are left out.
  for (const offset of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
    const [from, to] = [Math.ceil((offset * 8) / 6), Math.floor((shifted.length * 8) / 6)]
    add(name, shifted.toString('base64').slice(from, to))
    add(name, shifted.toString('base64url').slice(from, to))
  }
}

function add(name: string, form: string): void {
  for (const fragment of windows(form.toLowerCase())) fragments.set(fragment, name)
  for (const fragment of windows(bare(form))) bareFragments.set(fragment, name)
}

/** The names of the secrets of which a value shows anything, in whatever form. */
export function secretsIn(value: unknown): string[] {
  const found = new Set<string>()
  for (const text of textsOf(value)) {
    const lines = text.split('\n')
    for (const line of lines) searchLine(line, found)
    // separators may be line breaks too, but not those between the frames of a stack
    const words = lines.filter((line) => !/^ *at /.test(line)).join('')
    for (const fragment of windows(bare(words))) note(found, bareFragments.get(fragment))
  }
  return [...found]
}

function searchLine(line: string, found: Set<string>): void {
  if (cleanLines.has(line)) return
  const before = found.size
  for (const fragment of windows(line.toLowerCase())) note(found, fragments.get(fragment))
  if (found.size === before) cleanLines.add(line)
}

function note(found: Set<string>, name: string | undefined): void {
  if (name !== undefined) found.add(name)
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '')
}

function* windows(text: string): Generator<string> {
  for (let start = 0; start + telling <= text.length; start += 1) yield text.slice(start, start + telling)
}

/** Everything that a value can be made to say: by printing it, by JSON, and by reaching into it. */
function textsOf(value: unknown): Set<string> {
  const texts = new Set<string>()
  const options = { depth: 9, showHidden: true, maxArrayLength: null, maxStringLength: null } as const
  texts.add(inspect(value, options))
  texts.add(inspect(value, { ...options, getters: true, customInspect: false }))
  texts.add(attempt(() => JSON.stringify(value)))
  texts.add(attempt(() => String(value)))
  reach(value, texts, new Set())
  return texts
}

/** Own members, hidden ones and symbols too, and what the accessors of every prototype answer. */
function reach(value: unknown, texts: Set<string>, seen: Set<unknown>): void {
  if (typeof value === 'string') texts.add(value)
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
  seen.add(value)
  if (ArrayBuffer.isView(value))
    texts.add(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex'))
  if (value instanceof Map || value instanceof Set) {
    for (const entry of value) reach(entry, texts, seen)
  }
  for (let holder: object | null = value; holder !== null; holder = Object.getPrototypeOf(holder)) {
    if (holder === Object.prototype || holder === Function.prototype) break
    for (const name of Reflect.ownKeys(holder)) {
      texts.add(String(name))
      try {
        reach(Reflect.get(holder, name, value), texts, seen)
      } catch {
        // an accessor that does not answer shows nothing
      }
    }
  }
}

function attempt(print: () => string | undefined): string {
  try {
    return print() ?? ''
  } catch {
    return ''
  }
}
