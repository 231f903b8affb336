import { expectEqual, expectThat, member, textMember } from '../expect.js'
import { requestsDuring, type Step } from '../step.js'

export const gateway: Step = {
  name: 'gateway',
  async run(world) {
    const { ana, sandbox } = world
    let accessToken = ''
    const requests = await requestsDuring(sandbox, { kind: 'gateway', person: ana }, async () => {
      const { status, json } = await ana.browser.send(`${sandbox.baseUrl}/api/widget-gateway/init`, {
        method: 'POST',
        bearer: world.widgetToken,
      })
      expectEqual('status of POST /api/widget-gateway/init', status, 200)
      expectEqual('status of the widget session', member(json, 'status'), 'ACTIVE')
      accessToken = textMember(json, 'accessToken')
    })
    expectEqual('calls that the platform counted for this user', requests, 1)

    const answer = await ana.browser.send(`${sandbox.baseUrl}/embedded-banking/v1/bank-accounts?limit=10`, {
      bearer: accessToken,
    })
    expectEqual('status of the widget’s own call for the accounts', answer.status, 200)
    world.accountIds = idsOf(answer.json)
    expectThat('the widget sees accounts', world.accountIds.length > 0, 'none')
    return `the platform opened it: session active, ${world.accountIds.length} accounts in the widget`
  },
}

/** Ids in a list of bank accounts. */
export function idsOf(json: unknown): readonly unknown[] {
  const data = member(json, 'data')
  return Array.isArray(data) ? data.map((account) => member(account, 'id')) : []
}
