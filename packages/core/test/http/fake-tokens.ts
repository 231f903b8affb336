import {
  type AccessToken,
  type ForgetUserResult,
  TesouroTokens,
  type TesouroTokensHealth,
  type TesouroUser,
  type UserAccessToken,
  type WidgetToken,
} from '@tesouro-tokens/core'

/** Counts what the endpoint asks for. What it mints is only the user's name; what is real is tested in the conformance suite. */
export class FakeTokens extends TesouroTokens {
  readonly mintedFor: TesouroUser[] = []
  private readonly failure: unknown

  constructor(failure?: unknown) {
    super()
    this.failure = failure
  }

  override async mintWidgetToken(user: TesouroUser): Promise<WidgetToken> {
    this.mintedFor.push(user)
    if (this.failure !== undefined) throw this.failure
    return { widgetToken: `token of ${user.sub}`, exp: Math.floor(Date.now() / 1000) + 480 }
  }

  override ready(): Promise<void> {
    return Promise.resolve()
  }

  override getUserAccessToken(): Promise<UserAccessToken> {
    return unused()
  }

  override getAppAccessToken(): Promise<AccessToken> {
    return unused()
  }

  override renewUser(): Promise<{ dropped: number }> {
    return unused()
  }

  override fetchAsUser(): Promise<Response> {
    return unused()
  }

  override fetchAsApp(): Promise<Response> {
    return unused()
  }

  override forgetUser(): Promise<ForgetUserResult> {
    return unused()
  }

  override health(): Promise<TesouroTokensHealth> {
    return unused()
  }

  override close(): Promise<void> {
    return Promise.resolve()
  }

  override [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}

function unused(): Promise<never> {
  return Promise.reject(new Error('the endpoint has no business with this'))
}
