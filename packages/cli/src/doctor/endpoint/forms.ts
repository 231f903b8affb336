import { type Check, type CheckResult, result } from '../check.js'
import { lookAt } from './source-lines.js'
import { isLimited, limitReached, type Target, tokenIn } from './target.js'

const id = 'endpoint-form'
const tried = 'other methods, and a body of 1 MiB'
const hugeBytes = 1_024 * 1_024

/** Links mint by GET, caches keep its answers, and a body of any size fills the memory. */
export function forms(target: Target): Check {
  return {
    id,
    title: 'endpoint: form',
    async run({ terminal }) {
      if (target.baseline === undefined) {
        return result(id, 'skip', tried, 'needs a session that gets a token: --cookie or --header')
      }
      const page = target.pageHeaders
      const problems: CheckResult[] = []
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await target.sendSignedIn({ method, headers: page })
        if (isLimited(answer)) return result(id, 'skip', tried, limitReached)
        if (tokenIn(answer) === undefined) continue
        const why = method === 'GET' ? ': links and prefetching mint, and caches keep what GET answers' : ''
        problems.push(
          result(
            id,
            'fail',
            tried,
            `${method} mints a token${why}`,
            `Accept only POST.${lookAt(terminal.cwd, 'method')}`,
          ),
        )
        break
      }
      problems.push(...(await sizeProblems(target)))
      return problems.length > 0
        ? problems
        : result(id, 'ok', tried, 'only POST mints, and a large body is refused')
    },
  }
}

async function sizeProblems(target: Target): Promise<CheckResult[]> {
  const body = JSON.stringify({ pad: 'x'.repeat(hugeBytes) })
  const answer = await target.sendSignedIn({
    headers: { ...target.pageHeaders, 'content-type': 'application/json' },
    body,
  })
  // Many servers end the connection while the body is still being sent: that is a refusal.
  if ('failed' in answer)
    return answer.failed === 'timeout'
      ? [
          result(
            id,
            'warn',
            tried,
            'a body of 1 MiB is not answered within 5 s',
            'Refuse bodies over some KiB.',
          ),
        ]
      : []
  if (tokenIn(answer) !== undefined) {
    return [
      result(
        id,
        'warn',
        tried,
        'it reads a body of 1 MiB and mints',
        'Limit the body: express.json({ limit: "10kb" }) or the library, which takes 8 KiB.',
      ),
    ]
  }
  return answer.status >= 500
    ? [
        result(
          id,
          'warn',
          tried,
          `a body of 1 MiB is answered ${answer.status}`,
          'Answer 413: an exception is what alarms are for.',
        ),
      ]
    : []
}
