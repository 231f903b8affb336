import { createTesouroTokens, unsecuredSubjectToken } from '@tesouro-tokens/core'

/** Calls in a row, which are paced, while an application's test has faked its timers; with no platform behind them. */
export async function callInARow(): Promise<void> {
  const tokens = createTesouroTokens({
    environment: 'sandbox',
    clientId: 'client-1',
    clientSecret: 'secret',
    subjectToken: unsecuredSubjectToken(),
    fetch: async () =>
      Response.json({
        access_token: crypto.randomUUID(),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 3_600,
      }),
  })
  for (const sub of ['user-1', 'user-2', 'user-3']) {
    await tokens.getUserAccessToken({ sub, email: `${sub}@example.com` })
  }
  await tokens.close()
}
