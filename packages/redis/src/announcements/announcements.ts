import type { Connection } from '../client/connection.js'
import type { KeyNames } from '../key-names.js'
import { lua } from '../lua.js'
import type { SequenceNumber } from './sequence.js'

/** Longer than any process goes without a heartbeat. */
const countedForMs = 600_000

/** What a process publishes. */
export interface Announcements {
  /** Tells every process of a logout or a renewal. */
  forgotten(subject: string, what: { id: string; renewal: boolean }): Promise<void>
  /** Publishes to this process itself, which is how it knows that it hears. */
  heartbeat(beat: number): Promise<void>
}

/** What a message says. */
/** `publishedAtMs`: by Redis's clock. */
export type Heard = { at: SequenceNumber; publishedAtMs: number | undefined } & (
  | { subject: string; id: string; renewal: boolean; beat: undefined }
  | { beat: number }
)

export function createAnnouncements(
  { run }: Pick<Connection, 'run'>,
  names: KeyNames,
  process: string,
): Announcements {
  const publish = async (channel: string, by: 0 | 1, text: string): Promise<void> => {
    await run(countAndPublish, [names.announcements], [channel, `${by}`, text, crypto.randomUUID()])
  }
  return {
    forgotten: (subject, { id, renewal }) =>
      publish(names.logoutChannel, 1, `${renewal ? 'renewal' : 'logout'} ${id} ${subject}`),
    heartbeat: (beat) => publish(names.heartbeatChannel(process), 0, `${beat}`),
  }
}

/** Reads a message of either kind; `undefined` for what this version did not write. */
export function readMessage(message: string): Heard | undefined {
  const [, count, digits, time, rest] = /^([\w-]+) (\d{1,15})(?:@(\d{1,15}))? (.+)$/s.exec(message) ?? []
  if (count === undefined || rest === undefined) return undefined
  const at = { count, number: Number(digits) }
  const publishedAtMs = time === undefined ? undefined : Number(time)
  if (/^\d{1,15}$/.test(rest)) return { at, publishedAtMs, beat: Number(rest) }
  const [, what, id, subject] = /^(logout|renewal) ([\w-]+) (.+)$/s.exec(rest) ?? []
  if (id === undefined || subject === undefined) return undefined
  return { at, publishedAtMs, subject, id, renewal: what === 'renewal', beat: undefined }
}

/**
 * Every logout is numbered where it is published, and every heartbeat says the number of the last one: a process that
 * hears a number that does not follow has missed something. Each says when it was published, by Redis's clock. Somebody else's data under the name of the count is
 * replaced. Begins with a write that Redis carries out although memory is full, and may then go on writing.
 */
const countAndPublish = `${lua}
local found = {}
if type_at(KEYS[1]) == 'hash' then found = redis.call('HMGET', KEYS[1], 'count', 'number') end
local count, number = found[1] or '', found[2] or ''
if string.find(count, '^[%w-]+$') and string.find(number, '^%d+$') and #number < 15 then
  redis.call('PEXPIRE', KEYS[1], ${countedForMs})
else
  count = ARGV[4]
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'count', count, 'number', 0)
  redis.call('PEXPIRE', KEYS[1], ${countedForMs})
end
number = redis.call('HINCRBY', KEYS[1], 'number', ARGV[2])
redis.call('PUBLISH', ARGV[1], count .. ' ' .. number .. '@' .. whole(clock()) .. ' ' .. ARGV[3])
return 1`
