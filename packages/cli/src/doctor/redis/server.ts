import type { createClient } from '@redis/client'
import { type CheckResult, result } from '../check.js'
import { inTime } from './in-time.js'

type Client = ReturnType<typeof createClient>

/** As packages/redis/README.md says: the oldest that the tests of the cache run on. Valkey began with what is newer. */
const oldest = 7

/** Version and eviction policy, as far as the server tells them. */
export async function readServer(client: Client, tried: string, ms: number): Promise<readonly CheckResult[]> {
  const info = await inTime(
    client.info().catch(() => undefined),
    ms,
  )
  if (info === undefined) {
    return [result('redis', 'ok', tried, 'version unknown, as INFO is not allowed')]
  }
  const read = (name: string): string | undefined =>
    new RegExp(`^${name}:([\\w.-]{1,40})\\r?$`, 'm').exec(info)?.[1]
  return [...versionOf(read, tried), ...evictionOf(read('maxmemory_policy'), read('maxmemory'), tried)]
}

function* versionOf(read: (name: string) => string | undefined, tried: string): Generator<CheckResult> {
  const name = read('server_name') === 'valkey' ? 'Valkey' : 'Redis'
  const version = read('valkey_version') ?? read('redis_version') ?? 'of unknown version'
  if (Number.parseInt(version, 10) < oldest) {
    yield result(
      'redis',
      'warn',
      tried,
      `${name} ${version} is older than ${name} ${oldest}, on which the cache is tested`,
      `Use ${name} ${oldest} or later, or Valkey.`,
    )
  } else yield result('redis', 'ok', tried, `${name} ${version}`)
}

/** Under these, people who are there right now lose their tokens as soon as those who are long gone. */
const careless = ['volatile-ttl', 'volatile-random', 'allkeys-random']

function* evictionOf(
  policy: string | undefined,
  maxmemory: string | undefined,
  tried: string,
): Generator<CheckResult> {
  if (policy === undefined) return
  if (maxmemory === '0') yield result('redis', 'ok', tried, 'no memory limit')
  else if (careless.includes(policy)) {
    yield result(
      'redis',
      'warn',
      tried,
      `when it is full, it evicts by ${policy}: anybody may cost another exchange, and a logout no longer revokes what was evicted`,
      'Set maxmemory-policy to noeviction where this Redis holds only tokens, else to allkeys-lru.',
    )
  } else yield result('redis', 'ok', tried, policy)
}
