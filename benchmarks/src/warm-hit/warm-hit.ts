import type { Benchmark } from '../benchmark.js'
import { compare, figureOf, goal } from '../measure/compare.js'
import { type ContenderProgram, sideBySide } from '../measure/side-by-side.js'
import { type RedisServer, startRedis } from './redis-server.js'

const ours = 'ours, memory'
const peer = '@azure/msal-node'

const module = (name: string): URL => new URL(`contenders/${name}.js`, import.meta.url)

function contenders(count: number, redis: RedisServer | undefined): ContenderProgram[] {
  const users = `${count}`
  const onRedis: ContenderProgram[] =
    redis === undefined
      ? []
      : [
          { name: 'ours, Redis', role: 'ours', module: module('redis'), args: [users, redis.socket] },
          {
            name: 'ours, memory in front of Redis',
            role: 'ours',
            module: module('redis'),
            args: [users, redis.socket, 'layered'],
          },
        ]
  return [
    { name: ours, role: 'ours', module: module('memory'), args: [users] },
    ...onRedis,
    { name: peer, role: 'peer', module: module('msal'), args: [users] },
    { name: 'SHA-256 and a Map', role: 'floor', module: module('floor'), args: [users] },
  ]
}

/** A user's access token that is in the cache, with few and with many users. */
export const warmHit: Benchmark = {
  name: 'warm-hit',
  async run({ rounds, turnMs, users }, tell) {
    const redis = await startRedis()
    try {
      for (const count of users) {
        const table = await sideBySide(contenders(count, redis), async (timedBy) =>
          compare(await timedBy({ lanes: 1, timeMs: turnMs }), {
            name: `warm-hit-${count}-users`,
            title: `A token that is in the cache, ${countText(count)}`,
            unit: 'µs',
            better: 'less',
            rounds,
            peer,
            notes: redis === undefined ? ['There was no redis-server to start.'] : [],
          }),
        )
        const { ofFloor } = figureOf(table, ours)
        tell({
          tables: [table],
          goals: [goal(`warm hit, ${countText(count)}, × the floor`, ofFloor, 'at most', 4)],
        })
      }
    } finally {
      await redis?.close()
    }
  },
}

function countText(users: number): string {
  return `${users.toLocaleString('en-US')} users`
}
