import { expectEqual } from '../expect.js'
import { requestsDuring, type Step } from '../step.js'
import { idsOf } from './gateway.js'

const calls = 3

export const accounts: Step = {
  name: 'accounts',
  async run({ ana, sandbox, accountIds }) {
    const exchanges = await requestsDuring(sandbox, { kind: 'token_exchange', person: ana }, async () => {
      for (let call = 0; call < calls; call += 1) {
        const { status, json } = await ana.accounts()
        expectEqual('status of GET /api/accounts', status, 200)
        expectEqual('accounts, beside those in the widget', idsOf(json), accountIds)
        const members = Object.keys(json ?? {}).sort()
        expectEqual('members of the answer', members, ['data', 'nextPaginationToken', 'prevPaginationToken'])
      }
    })
    expectEqual(`token exchanges for ${calls} calls`, exchanges, 1)
    return `the same ${accountIds.length} through the backend, ${calls} times: ${exchanges} token exchange`
  },
}
