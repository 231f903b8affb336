import { Browser } from '../browser.js'
import { expectEqual, member } from '../expect.js'
import { requestsDuring, type Step } from '../step.js'

const path = '/api/tesouro/widget-token'

export const impersonation: Step = {
  name: 'impersonation',
  async run({ ana, bruno, origin, sandbox }) {
    const requests = await requestsDuring(sandbox, {}, async () => {
      const asBruno = await ana.mint(bruno)
      expectEqual('Ana asks in Bruno’s name: status', asBruno.status, 403)
      expectEqual('… and code', member(asBruno.json, 'code'), 'identity_mismatch')
      expectEqual('… and token', member(asBruno.json, 'widgetToken'), undefined)

      const nobody = await new Browser(origin).send(path, { json: { userId: ana.sub, userEmail: ana.email } })
      expectEqual('nobody is signed in: status', nobody.status, 401)
      expectEqual('… and code', member(nobody.json, 'code'), 'not_signed_in')

      const neighbour = new URL(origin)
      neighbour.port = '9'
      for (const from of ['https://elsewhere.example', neighbour.origin]) {
        const foreign = await ana.browser.send(path, { method: 'POST', from, credentials: 'include' })
        expectEqual(`asked from a page of ${from}: status`, foreign.status, 403)
        expectEqual('… and code', member(foreign.json, 'code'), 'origin_not_allowed')
      }
    })
    expectEqual('requests to the platform for all that', requests, 0)
    return 'another’s name → 403, nobody → 401, a page of another site or port → 403'
  },
}
