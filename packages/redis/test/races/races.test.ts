import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { describe, expect, it } from 'vitest'
import { minimised, toText } from '../../../core/test/races/minimised.js'
import type { NodeRedisClient } from '../../src/index.js'
import type { RedisExplorer } from './explorer.js'
import { withRedis } from './with-redis.js'

/** The first order of so many that does not go as the model says, in its smallest form. */
async function firstBroken(explorer: RedisExplorer, orders: number): Promise<string | undefined> {
  for (let seed = 1; seed <= orders; seed += 1) {
    const order = await explorer.draw(seed)
    if (order.violations.length > 0) return toText(await minimised(explorer, order))
  }
  return undefined
}

/** A client that changes what scripts are asked, or what they answer. */
function changing(
  change: (run: (args: string[]) => Promise<unknown>, args: string[]) => Promise<unknown>,
): (client: NodeRedisClient) => NodeRedisClient {
  return (client) =>
    new Proxy(client, {
      get(target, member) {
        if (member === 'evalSha') {
          return (sha1: string, { keys, arguments: args }: { keys: string[]; arguments: string[] }) =>
            change((changed) => target.evalSha(sha1, { keys, arguments: changed }), args)
        }
        const found: unknown = Reflect.get(target, member)
        return typeof found === 'function' ? found.bind(target) : found
      },
    })
}

describe.skipIf(redisIsMissing())('the scripts of two processes', () => {
  it('an order of scripts gives what no order of whole operations gives', async () => {
    expect(await withRedis((explorer) => firstBroken(explorer, 300))).toBeUndefined()
  })

  it.each([
    [
      'a logout that is tried again is a new one',
      (args) => (args[0]?.startsWith('logout-') ? [`${args[0]}-${Math.random()}`, ...args.slice(1)] : args),
    ],
    ['a renewal is a logout', (args) => args.map((each) => (each === 'renewal' ? '' : each))],
    [
      'a lease is given to one who waited for its outcome',
      (args) => args.map((each) => (each === 'waited' ? '' : each)),
    ],
  ] satisfies [string, (args: string[]) => string[]][])(
    'a fault in what a script is asked goes unnoticed: %s',
    async (_, change) => {
      const broken = withRedis(
        (explorer) => firstBroken(explorer, 300),
        changing((run, args) => run(change(args))),
      )
      expect(await broken).toBeDefined()
    },
  )

  it('a decision that cannot be carried out is left out and counted', async () => {
    const again = await withRedis((explorer) => explorer.replay({ seed: 1, decisions: ['P flies'] }))
    expect(again).toMatchObject({ skipped: 1, violations: [] })
  })
})
