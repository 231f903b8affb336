import { spoken } from '../doctor/checks/clock.js'
import {
  type CompactToken,
  openWidgetToken,
  type Part,
  readCompact,
  unwrapped,
} from '../tokens/compact-token.js'
import { masked, meaningOf } from './meanings.js'
import {
  isUnsigned,
  problemOf,
  subjectProblems,
  subjectTokenIn,
  timeProblems,
  unsignedNote,
  widgetProblems,
} from './problems.js'

/** One member of a token, explained. */
export interface InspectedMember {
  /** Where it stands: `header.alg`, `payload.exp`, `subject_token.payload.sub`. */
  path: string
  /** As text; `[hidden]` for a secret. */
  value: string
  meaning: string
}

/** What a token is, what stands in it, and what is wrong with it. */
export interface Inspection {
  kind: 'widget token' | 'signed token' | 'unsecured token' | 'encrypted token' | 'opaque token' | 'broken'
  /** In one sentence, its form. */
  about: string
  members: readonly InspectedMember[]
  /** What is wrong with it, at which part. */
  problems: readonly string[]
  /** What is not known, and what was taken off. */
  notes: readonly string[]
}

/** What a token is looked at with. */
export interface InspectContext {
  /** Milliseconds since the epoch. */
  now: number
  /** Opens widget tokens; without it nothing of their content is known. */
  widgetSecret: string | undefined
  clientId: string | undefined
  /** A text of a token as it can be shown, cut where it becomes long. */
  show(text: string, longest: number): string
}

const deepest = 8
/** Larger times are probably in milliseconds. */
const latestSeconds = 1e11

/** Looks at a token of any kind. Nothing is sent anywhere, and no signature is checked. */
export async function inspectToken(text: string, context: InspectContext): Promise<Inspection> {
  const { token, notes } = unwrapped(text)
  const taken = notes.length === 0 ? [] : [`taken off: ${notes.join(', ')}`]
  const read = readCompact(token)
  switch (read.kind) {
    case 'broken':
      return {
        kind: 'broken',
        about: `${token.length} characters`,
        members: [],
        problems: [read.problem],
        notes: taken,
      }
    case 'opaque':
      return {
        kind: 'opaque token',
        about: `${token.length} characters without a form of their own`,
        members: [],
        problems: [],
        notes: [...taken, 'an opaque token says nothing: only the platform knows what it stands for'],
      }
    case 'jws':
      return inspectSigned(token, read, context, taken)
    default:
      return inspectEncrypted(token, read, context, taken)
  }
}

function inspectSigned(
  token: string,
  { header, payload, parts }: Extract<CompactToken, { kind: 'jws' }>,
  context: InspectContext,
  notes: readonly string[],
): Inspection {
  const problems = [...problemOf('part 1', header), ...problemOf('part 2', payload)]
  const unsecured = 'json' in header && isUnsigned(header.json)
  const signature = parts[2] ?? ''
  if (unsecured && signature !== '')
    problems.push('part 3: its header says alg none, and yet it has a signature')
  if (!unsecured && 'json' in header && signature === '')
    problems.push('part 3: the signature is missing: it was cut off')
  const odd = /[^\w-]/.exec(signature)
  if (odd !== null) problems.push(`part 3: the signature is not base64url at character ${odd.index + 1}`)
  if ('json' in payload) {
    problems.push(...timeProblems(payload.json, context.now))
    if ('email' in payload.json || !('scope' in payload.json)) problems.push(...subjectProblems(payload.json))
  }
  return {
    kind: unsecured ? 'unsecured token' : 'signed token',
    about: `a JWT of ${token.length} characters (RFC 7519)`,
    members: [...membersOf('header', header, context), ...membersOf('payload', payload, context)],
    problems,
    notes: [
      ...notes,
      unsecured
        ? unsignedNote
        : 'the signature was not checked: only the key of its issuer tells whether it is genuine',
    ],
  }
}

async function inspectEncrypted(
  token: string,
  { header, parts }: Extract<CompactToken, { kind: 'jwe' }>,
  context: InspectContext,
  notes: readonly string[],
): Promise<Inspection> {
  const { now, widgetSecret, clientId } = context
  const problems = [...problemOf('part 1', header)]
  const { alg, enc } = 'json' in header ? header.json : {}
  const widget = alg === 'A256KW' && enc === 'A256GCM'
  if ('json' in header && !widget) {
    problems.push('part 1: the platform opens widget tokens with alg A256KW and enc A256GCM only')
  }
  problems.push(...encryptedPartProblems(parts))
  const about = `a JWE of ${token.length} characters (RFC 7516)`
  const kind = widget ? 'widget token' : 'encrypted token'
  const members = membersOf('header', header, context)
  if (problems.length > 0) return { kind, about, members, problems, notes }
  if (widgetSecret === undefined || widgetSecret === '') {
    const closed = 'its content is encrypted: TESOURO_WIDGET_SECRET is not set, so nothing of it is known'
    return { kind, about, members, problems, notes: [...notes, closed] }
  }
  const payload = await openWidgetToken(token, widgetSecret)
  if ('problem' in payload) return { kind, about, members, problems: [payload.problem], notes }
  return {
    kind,
    about,
    members: [...members, ...contentMembers(payload, context)],
    problems: widgetProblems(payload.json, now, clientId),
    notes: holdsUnsigned(payload) ? [...notes, `subject_token: ${unsignedNote}`] : notes,
  }
}

function holdsUnsigned(payload: Part): boolean {
  const inner = subjectTokenIn(payload)
  return inner !== undefined && 'json' in inner.header && isUnsigned(inner.header.json)
}

/** Lengths that RFC 7518 fixes: a wrapped 32-byte key, a 96-bit IV, a 128-bit tag. */
function* encryptedPartProblems(parts: readonly string[]): Generator<string> {
  const expected = [
    ['part 2', 'encrypted key', 54],
    ['part 3', 'initialization vector', 16],
    ['part 4', 'ciphertext', undefined],
    ['part 5', 'authentication tag', 22],
  ] as const
  for (const [index, [where, name, length]] of expected.entries()) {
    const part = parts[index + 1] ?? ''
    const odd = /[^\w-]/.exec(part)
    if (part === '') yield `${where}: the ${name} is empty`
    else if (odd !== null) yield `${where}: the ${name} is not base64url at character ${odd.index + 1}`
    else if (length !== undefined && part.length !== length) {
      const what = part.length < length ? 'something was cut off' : 'something was added'
      yield `${where}: the ${name} has ${part.length} characters instead of ${length}: ${what}`
    }
  }
}

function contentMembers(payload: Part, context: InspectContext): InspectedMember[] {
  const members = membersOf('payload', payload, context)
  const inner = subjectTokenIn(payload)
  if (inner === undefined) return members
  return [
    ...members,
    ...membersOf('subject_token.header', inner.header, context),
    ...membersOf('subject_token.payload', inner.payload, context),
  ]
}

function membersOf(path: string, part: Part, context: InspectContext): InspectedMember[] {
  if (!('json' in part)) return []
  return Object.entries(part.json).map(([name, value]) => ({
    path: `${path}.${context.show(name, 60)}`,
    value: masked.has(name) ? '[hidden]' : shown(name, value, context),
    meaning: meaningOf(name),
  }))
}

function shown(name: string, value: unknown, { now, show }: InspectContext): string {
  const text = show(typeof value === 'string' ? value : JSON.stringify(withoutSecrets(value)), 200)
  if (!['exp', 'iat', 'nbf'].includes(name) || !isTime(value)) return text
  const difference = value * 1_000 - now
  const when = difference < 0 ? `${spoken(-difference)} ago` : `in ${spoken(difference)}`
  return `${text} (${new Date(value * 1_000).toISOString().replace('.000', '')}, ${when})`
}

/** Seconds since the epoch that a calendar has a day for. */
const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= latestSeconds

/** The same masks at every depth. */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (depth > deepest) return '…'
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      masked.has(name) ? '[hidden]' : withoutSecrets(member, depth + 1),
    ]),
  )
}
