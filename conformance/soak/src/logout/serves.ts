import type { FleetProcess } from '@tesouro-tokens/fleet'

/** The token that a process serves a user now; `undefined` where a logout ended the call, as it should. */
export async function served(process: FleetProcess, user: string): Promise<string | undefined> {
  const { tokens, errors } = await process.get([user])
  const [token] = tokens[user] ?? []
  if (token === undefined && errors.user_forgotten === undefined) {
    throw new Error(`a call failed: ${JSON.stringify(errors)}`)
  }
  return token
}

/** Calls again and again. Gives when the first call began that was not served the old token. */
export async function servesAnother(process: FleetProcess, user: string, old: string): Promise<number> {
  const late = performance.now() + 30_000
  for (;;) {
    const beganAt = performance.now()
    if ((await served(process, user)) !== old) return beganAt
    if (beganAt > late) throw new Error('the old token is still served')
  }
}
