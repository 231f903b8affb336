import { answerError } from '@/lib/errors'
import { problem } from '@/lib/problem'
import { currentUser } from '@/lib/session'
import { tokens } from '@/lib/tesouro'

/** The signed-in customer's bank accounts, asked for as that customer. */
export async function GET(): Promise<Response> {
  const user = await currentUser()
  if (user === null) return problem(401, 'not_signed_in', 'Nobody is signed in.')
  try {
    const answer = await tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts?limit=10', {
      cache: 'no-store',
      signal: AbortSignal.timeout(10_000),
    })
    const body: unknown = await answer.json().catch(() => undefined)
    return answer.ok && body !== undefined
      ? Response.json(body, { headers: { 'cache-control': 'no-store' } })
      : refusalOf(answer)
  } catch (error) {
    return answerError(error)
  }
}

/** The platform's 401 is about our token, not about the customer's session: the page never sees it as one. */
function refusalOf({ status, headers }: Response): Response {
  const retryAfter = headers.get('retry-after')
  const wait: Record<string, string> = retryAfter === null ? {} : { 'retry-after': retryAfter }
  if (status === 403) return problem(403, 'not_permitted', 'This customer may not see bank accounts.', wait)
  if (status === 429 || status >= 500)
    return problem(503, 'platform_unavailable', 'The bank accounts cannot be read now. Try again soon.', wait)
  return problem(502, 'platform_answer', 'The platform gave no usable answer.', wait)
}
