import { expectEqual, expectThat, textMember } from '../expect.js'
import { requestsDuring, type Step } from '../step.js'

export const refresh: Step = {
  name: 'refresh',
  async run({ ana, sandbox, widgetToken }) {
    const { status, json } = await ana.mint()
    expectEqual('a second widget token: status', status, 200)
    const second = textMember(json, 'widgetToken')
    expectThat('it is another token', second !== widgetToken, 'the same token again')
    expectEqual('its user', (await sandbox.openWidgetToken(second)).sub, ana.sub)

    const undo = sandbox.faults.expireAccessTokens()
    const exchanges = await requestsDuring(sandbox, { kind: 'token_exchange', person: ana }, async () => {
      const answer = await ana.accounts()
      expectEqual('GET /api/accounts with an expired access token: status', answer.status, 200)
    })
    undo()
    expectEqual('token exchanges for it', exchanges, 1)
    return `another widget token; an expired access token was replaced by ${exchanges} exchange, unnoticed`
  },
}
