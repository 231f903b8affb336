import type { Sandbox } from '@tesouro-tokens/sandbox'

/** Something that must not be found: its name, for the report, and how it reads. */
export interface Needle {
  name: string
  text: string
}

/** The bytes as one character each, so that text and bytes are searched alike. */
export const characters = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Names of the needles that stand in the text: as they are, or in hex, base64, base64url or percent form. */
export function leaksIn(text: string, needles: readonly Needle[]): string[] {
  const names = [...formsOf(text)].flatMap((form) =>
    needles.filter(({ text: needle }) => form.includes(needle)).map(({ name }) => name),
  )
  return [...new Set(names)]
}

/** Access tokens of the platform that stand in the text in any of the same forms: JWTs (RFC 9068) that it has signed. */
export function accessTokensIn(text: string, sandbox: Sandbox): string[] {
  // A signature with ES256 has 86 characters; something may stand right before the token and right behind it.
  const tokens = /(?=(eyJ[\w-]+\.[\w-]+\.[\w-]{86}))/g
  return found(text, tokens).filter((token) => sandbox.openAccessToken(token) !== undefined)
}

/** Signed and unsecured JWTs in the text, by anybody and in any of the same forms. A widget token is none: it has five parts. */
export const signedTokensIn = (text: string): string[] =>
  found(text, /(?<![\w.-])(eyJ[\w-]+\.[\w-]+\.[\w-]*)(?![\w.-])/g)

/** What the first group of the pattern holds, in all forms of the text. */
function found(text: string, pattern: RegExp): string[] {
  const all = [...formsOf(text)].flatMap((form) => [...form.matchAll(pattern)].map(([, group = '']) => group))
  return [...new Set(all)]
}

/** The text, and what comes out when whatever in it looks encoded is decoded, twice over. */
function* formsOf(text: string, depth = 2): Iterable<string> {
  yield text
  if (depth === 0) return
  for (const decode of [percentDecoded, hexDecoded, base64Decoded]) {
    const decoded = decode(text)
    if (decoded !== '') yield* formsOf(decoded, depth - 1)
  }
}

function percentDecoded(text: string): string {
  if (!/%[0-9a-f]{2}/i.test(text)) return ''
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => characters(Buffer.from(run.replaceAll('%', ''), 'hex')))
}

function hexDecoded(text: string): string {
  const runs = text.match(/[0-9a-f]{24,}/gi) ?? []
  return runs
    .flatMap((run) => [run, run.slice(1)])
    .map((run) => characters(Buffer.from(run.slice(0, run.length - (run.length % 2)), 'hex')))
    .join('\n')
}

/** From each of the four places where a character may begin in a run that has something in front. */
function base64Decoded(text: string): string {
  const runs = text.match(/[\w+/-]{20,}/g) ?? []
  return runs
    .flatMap((run) => [0, 1, 2, 3].map((start) => run.slice(start)))
    .map((run) => characters(Buffer.from(run, 'base64')))
    .join('\n')
}
