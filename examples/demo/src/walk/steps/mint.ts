import { expectEqual, expectThat, member, textMember } from '../expect.js'
import { requestsDuring, type Step } from '../step.js'

export const mint: Step = {
  name: 'mint',
  async run(world) {
    const { ana, sandbox } = world
    let lifeSeconds = 0
    const requests = await requestsDuring(sandbox, {}, async () => {
      const { status, headers, json } = await ana.mint()
      expectEqual('status of POST /api/tesouro/widget-token', status, 200)
      expectEqual('Cache-Control of the answer', headers['cache-control'], 'no-store')
      world.widgetToken = textMember(json, 'widgetToken')
      lifeSeconds = Math.round(Number(member(json, 'exp')) - Date.now() / 1000)
    })
    expectEqual('parts of the token (compact JWE)', world.widgetToken.split('.').length, 5)
    expectThat('it lives five to ten minutes', lifeSeconds > 290 && lifeSeconds <= 600, `${lifeSeconds} s`)
    expectEqual('requests to the platform for it', requests, 0)
    const { sub, email } = await sandbox.openWidgetToken(world.widgetToken)
    expectEqual(
      'the user inside, as the platform reads it',
      { sub, email },
      { sub: ana.sub, email: ana.email },
    )
    return `a JWE for ${sub}, good for ${lifeSeconds} s; 0 requests to the platform`
  },
}
