import { type Check, type CheckResult, result } from '../check.js'
import { type IdentityAttack, identityAttacks, pathAttack, victim } from './attacks.js'
import { lookAt } from './source-lines.js'
import { isLimited, limitReached, type Target, type Whose } from './target.js'

const id = 'endpoint-identity'
const tried = 'naming another user in body, query, headers and cookies, as a signed-in user'

/** Signed in as one, asking for another: the published snippets mint for any user that the body names. */
export function identities(target: Target): Check {
  return {
    id,
    title: 'endpoint: identity',
    async run({ terminal }) {
      if (target.baseline === undefined)
        return result(id, 'skip', tried, 'needs a session that gets a token: --cookie or --header')
      const broken: IdentityAttack[] = []
      const unknown: string[] = []
      const failing: string[] = []
      const attacks = [...identityAttacks, ...pathAttack(target.options.url.pathname, target.own)]
      for (const attack of attacks) {
        const answer = await target.sendSignedIn({
          ...attack.request,
          headers: { ...target.pageHeaders, ...attack.request.headers },
        })
        if ('failed' in answer) continue
        if (isLimited(answer)) return result(id, 'skip', tried, limitReached)
        if (answer.status >= 500) failing.push(attack.place)
        const whose = await target.whose(answer)
        if (whose === 'unknown') unknown.push(attack.place)
        else if (whose !== undefined && namesVictim(whose)) broken.push(attack)
      }
      if (broken.length > 0) return broken.map((attack) => brokenBy(attack, terminal.cwd))
      return [...failures(failing), told(target, unknown, attacks.length)]
    },
  }
}

const namesVictim = ({ content }: Exclude<Whose, 'unknown'>): boolean => content.includes(victim.id)

function brokenBy({ place, blame }: IdentityAttack, cwd: string): CheckResult {
  return result(
    id,
    'fail',
    tried,
    `it mints for any user that is named in ${place}: every signed-in user can be anybody`,
    `Take the user from your own session in getUser, and nothing from the request.${lookAt(cwd, blame)}`,
  )
}

function* failures(failing: readonly string[]): Generator<CheckResult> {
  if (failing.length === 0) return
  yield result(
    id,
    'warn',
    tried,
    `it answers 5xx to ${failing.slice(0, 3).join(', ')}: an exception that nothing has caught`,
    'Check the body before it is used; the library does that by itself.',
  )
}

/** Without the widget secret nobody can tell for whom a token is. */
function told(target: Target, unknown: readonly string[], ways: number): CheckResult {
  if (unknown.length === 0) return result(id, 'ok', tried, `${ways} ways, no token for another person`)
  const mayBeForBody = unknown.some((place) => place === 'userId and userEmail in the body')
  const found = `the answers hold tokens that cannot be opened here, so that their users are unknown${mayBeForBody ? ', also where the body names another user, which should be refused' : ''}`
  return result(
    id,
    mayBeForBody ? 'warn' : 'skip',
    tried,
    found,
    target.own === 'unknown'
      ? 'Set the TESOURO_WIDGET_SECRET that the endpoint uses.'
      : 'Read what getUser takes its answer from.',
  )
}
