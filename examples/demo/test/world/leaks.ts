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
  const found = new Set<string>()
  for (const form of formsOf(text))
    for (const { name, text: needle } of needles) if (form.includes(needle)) found.add(name)
  return [...found]
}

/** Access tokens of the platform that stand in the text in any of the same forms. `length` is that of a token. */
export function accessTokensIn(text: string, sandbox: Sandbox, length: number): string[] {
  const found = new Set<string>()
  const runs = new RegExp(`[\\w-]{${length},}`, 'g')
  for (const form of formsOf(text))
    for (const [run] of form.matchAll(runs))
      for (let start = 0; start + length <= run.length; start++) {
        const candidate = run.slice(start, start + length)
        if (sandbox.openAccessToken(candidate) !== undefined) found.add(candidate)
      }
  return [...found]
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
