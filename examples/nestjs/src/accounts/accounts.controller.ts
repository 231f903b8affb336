import { Controller, Get, Header } from '@nestjs/common'
import {
  CurrentUserAccessToken,
  TesouroTokens,
  type TesouroUser,
  type UserAccessToken,
} from '@tesouro-tokens/nestjs'
import { SignedInUser } from '../auth/signed-in-user.decorator.js'
import { Problem } from '../problem.js'

@Controller('accounts')
export class AccountsController {
  constructor(private readonly tokens: TesouroTokens) {}

  /** The signed-in customer's bank accounts, asked for as that customer. What is thrown, `ProblemFilter` answers. */
  @Get()
  @Header('cache-control', 'no-store')
  async list(@SignedInUser() user: TesouroUser): Promise<unknown> {
    const answer = await this.tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts?limit=10', {
      signal: AbortSignal.timeout(10_000),
    })
    const body: unknown = await answer.json().catch(() => undefined)
    if (answer.ok && body !== undefined) return body
    throw problemOf(answer)
  }

  /**
   * Until when the server may act for the customer. A method that hands the access token to an HTTP client of your
   * own, a generated one say, gets it in the same way; it must not reach the page.
   */
  @Get('access')
  @Header('cache-control', 'no-store')
  access(@CurrentUserAccessToken() { expiresAt }: UserAccessToken): { expiresAt: number | undefined } {
    return { expiresAt }
  }
}

/** The platform's 401 is about our token, not about the customer's session: the page never sees it as one. */
function problemOf({ status, headers }: globalThis.Response): Problem {
  const retryAfter = headers.get('retry-after')
  if (status === 403) return new Problem(403, 'not_permitted', 'This customer may not see bank accounts.')
  if (status === 429 || status >= 500) {
    const later = 'The bank accounts cannot be read now. Try again soon.'
    return new Problem(503, 'platform_unavailable', later, retryAfter)
  }
  return new Problem(502, 'platform_answer', 'The platform gave no usable answer.', retryAfter)
}
