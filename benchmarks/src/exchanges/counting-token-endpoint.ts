import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** A token endpoint on loopback that gives everybody a token, after a moment, and counts. */
export interface CountingTokenEndpoint {
  origin: string
  /** How many tokens it has given since it was last asked. */
  takeCount(): number
  close(): Promise<void>
}

export async function startTokenEndpoint(lifetimeSeconds: number): Promise<CountingTokenEndpoint> {
  let count = 0
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request))
    count += 1
    const answer = {
      access_token: `access-token-${count}`,
      issued_token_type: accessTokenType,
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      ...partsForMsal(form),
    }
    // As long as an exchange takes that goes through a network: callers meet while it is under way.
    await wait(20)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    takeCount() {
      const taken = count
      count = 0
      return taken
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** What @azure/msal-node needs to tell users apart in its cache; it sends the subject token as `assertion`. */
function partsForMsal(
  form: URLSearchParams,
): { client_info: string; id_token: string; scope: string } | null {
  const [, claims] = form.get('assertion')?.split('.') ?? []
  if (claims === undefined) return null
  const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const idToken = { sub, oid: sub, tid: 'tenant', aud: 'client', exp: 4_102_444_800 }
  return {
    client_info: part({ uid: sub, utid: 'tenant' }),
    id_token: `${part({ alg: 'none' })}.${part(idToken)}.`,
    scope: 'bank',
  }
}
