import type { JsonValue } from '@tesouro-tokens/core'
import { formMembers, type Incoming } from './http/incoming.js'

const longestBody = 64 * 1024
const mask = '••••••••'
/** Names of members whose values are secrets, wherever they stand. */
const secretName = /(?:token|secret|assertion|password|key|authorization)$/i

/**
 * What a request said in its body, for tests: a form's or a JSON body's members, secrets masked. `undefined` for no
 * body, another kind, or one over 64 KiB.
 */
export function bodyForTests(incoming: Incoming): JsonValue | undefined {
  const { body, headers } = incoming
  if (body === undefined || body.length === 0 || body.length > longestBody) return undefined
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/x-www-form-urlencoded') return masked(formMembers(incoming))
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) return undefined
  try {
    return masked(JSON.parse(body.toString('utf8')))
  } catch {
    return undefined
  }
}

function masked(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one: JsonValue) => masked(one))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, secretName.test(name) ? mask : masked(member)]),
  )
}
