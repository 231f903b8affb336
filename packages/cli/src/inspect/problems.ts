import { spoken } from '../doctor/checks/clock.js'
import { type CompactToken, type Part, readCompact } from '../tokens/compact-token.js'

type Json = { readonly [name: string]: unknown }

const longestWidgetLife = 600
const tolerance = 60

const wanted = [
  'grant_type',
  'client_id',
  'client_secret',
  'subject_token',
  'subject_token_type',
  'iat',
  'exp',
] as const

/** Members of a widget token that have one value. */
const fixed = [
  ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
  ['subject_token_type', 'urn:ietf:params:oauth:token-type:access_token'],
] as const

/** Whether a header says that nothing is signed (RFC 7518 §3.6), in whatever spelling. */
export const isUnsigned = ({ alg }: Json): boolean => String(alg).toLowerCase() === 'none'

export const unsignedNote =
  'it has no signature (alg none): the platform takes such subject tokens only where onboarding has confirmed it'

/** What is wrong with the content of a widget token, by what the platform is documented to need. */
export function widgetProblems(content: Json, now: number, clientId: string | undefined): string[] {
  const problems: string[] = []
  const missing = wanted.filter((name) => content[name] === undefined)
  if (missing.length > 0) problems.push(`its content has no ${missing.join(', ')}, which the platform needs`)
  for (const [name, value] of fixed) {
    if (content[name] !== undefined && content[name] !== value)
      problems.push(`its ${name} is not ${value}, which a token exchange has (RFC 8693 §2.1)`)
  }
  problems.push(...timeProblems(content, now))
  const { iat, exp } = content
  if (typeof iat === 'number' && typeof exp === 'number' && exp - iat > longestWidgetLife) {
    problems.push(`it lives for ${exp - iat} s: a widget token lives for ${longestWidgetLife} s at most`)
  }
  if (
    clientId !== undefined &&
    clientId !== '' &&
    typeof content.client_id === 'string' &&
    content.client_id !== clientId
  ) {
    problems.push('its client_id is another than TESOURO_CLIENT_ID')
  }
  const inner = subjectTokenIn({ json: content })
  if (content.subject_token !== undefined && inner === undefined) problems.push('its subject_token is no JWT')
  if (inner !== undefined) {
    problems.push(...problemOf('subject_token', inner.header), ...problemOf('subject_token', inner.payload))
    if ('json' in inner.payload) {
      problems.push(
        ...[...subjectProblems(inner.payload.json), ...timeProblems(inner.payload.json, now)].map(
          (text) => `subject_token: ${text}`,
        ),
      )
    }
  }
  return problems
}

/** What the platform refuses a subject token for. */
export function* subjectProblems(claims: Json): Generator<string> {
  for (const name of ['sub', 'email']) {
    const value = claims[name]
    if (typeof value !== 'string' || value === '')
      yield `it has no ${name}: the platform refuses such a subject token`
  }
}

/** Times that are none, have passed, or lie ahead. */
export function* timeProblems(claims: Json, now: number): Generator<string> {
  const seconds = now / 1_000
  for (const name of ['exp', 'iat', 'nbf']) {
    const value = claims[name]
    if (value === undefined) continue
    if (typeof value !== 'number') yield `its ${name} is not a number (RFC 7519 §2: seconds since the epoch)`
    else if (value > 1e11) yield `its ${name} is in milliseconds: RFC 7519 needs seconds`
    else if (name === 'exp' && value < seconds)
      yield `it has expired ${spoken((seconds - value) * 1_000)} ago`
    else if (name !== 'exp' && value > seconds + tolerance)
      yield `its ${name} lies ${spoken((value - seconds) * 1_000)} ahead: is the clock that it was made by right?`
  }
}

/** The problem of a part that cannot be read. */
export const problemOf = (where: string, part: Part): string[] =>
  'problem' in part ? [`${where}: ${part.problem}`] : []

/** The subject token inside of a widget token's content. */
export function subjectTokenIn(payload: Part): Extract<CompactToken, { kind: 'jws' }> | undefined {
  const token = 'json' in payload ? payload.json.subject_token : undefined
  const read = typeof token === 'string' ? readCompact(token) : undefined
  return read?.kind === 'jws' ? read : undefined
}
