import type { TesouroUser } from '../../../src/index.js'
import { email, everySecret, hostileError, secrets, sub, user } from '../secrets.js'
import type { Scenarios } from '../stage.js'

const throwing = Object.defineProperty({ ...user }, 'email', {
  get: () => {
    throw hostileError()
  },
})

const unusable: Record<string, unknown> = {
  'no object': everySecret,
  'the browser’s body': { userId: sub, userEmail: email },
  'a promise': Promise.resolve(user),
  'an accessor that throws': throwing,
  'an id with a line break': { ...user, sub: `${everySecret}\n` },
  'an id that is too long': { ...user, sub: everySecret.repeat(3) },
  'an address that is an object': { ...user, email: { everySecret } },
  'a tenant that is blank': { ...user, tenant: ' ' },
  'another tenant': { ...user, tenant: `${secrets.tenant}!` },
  'no tenant': user,
  'claims that are text': { ...user, claims: everySecret },
  'claims without a name': { ...user, claims: { '': everySecret } },
  'a reserved claim': { ...user, claims: { sub: everySecret } },
  'claims that are not JSON': { ...user, claims: { [everySecret]: () => everySecret } },
  'a class of somebody’s': { ...user, claims: { held: hostileError() } },
  'claims that are too large': { ...user, claims: { text: everySecret.repeat(9) } },
  'a token that is no text': { ...user, subjectToken: { everySecret } },
}

export const users: Scenarios = Object.fromEntries(
  Object.entries(unusable).map(([name, given]) => [
    name,
    async (stage) => {
      const { tenant } = secrets
      // the check of the tenant comes before those of the other members
      const wantsTenant = name.includes('tenant') || typeof given !== 'object' || given instanceof Promise
      const tokens = stage.tokens(undefined, wantsTenant ? { tenant } : {})
      const bad = given as TesouroUser
      await stage.refused('invalid_user', () => tokens.mintWidgetToken(bad))
      await stage.refused('invalid_user', () => tokens.getUserAccessToken(bad))
      await stage.refused('invalid_user', () => tokens.fetchAsUser(bad, '/x'))
      if (name.includes('id')) await stage.refused('invalid_user', () => tokens.forgetUser(bad))
    },
  ]),
)
