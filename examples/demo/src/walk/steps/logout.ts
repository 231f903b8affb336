import { expectEqual } from '../expect.js'
import { requestsDuring, type Step } from '../step.js'

export const logout: Step = {
  name: 'logout',
  async run({ ana, bruno, origin, sandbox }) {
    const neighbour = new URL(origin)
    neighbour.port = '9'
    const foreign = { method: 'POST', from: neighbour.origin, credentials: 'include' } as const
    expectEqual(
      'asked by a page of another port: status',
      (await ana.browser.send('/logout', foreign)).status,
      403,
    )
    expectEqual('… after which she is still signed in: status', (await ana.accounts()).status, 200)

    expectEqual('status of POST /logout', (await ana.signOut()).status, 204)
    expectEqual('accounts after it: status', (await ana.accounts()).status, 401)
    expectEqual('widget token after it: status', (await ana.mint()).status, 401)

    const exchanges = await requestsDuring(sandbox, { kind: 'token_exchange' }, async () => {
      expectEqual('Bruno, who stays: status', (await bruno.accounts()).status, 200)
      expectEqual('Ana signs in again: status', (await ana.signIn()).status, 200)
      expectEqual('her accounts: status', (await ana.accounts()).status, 200)
    })
    expectEqual('token exchanges after it', exchanges, 1)
    return 'session gone: 401; her access token was forgotten: signing in again took 1 new exchange'
  },
}
