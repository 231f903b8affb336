import type { Connection } from '../client/connect.js'
import type { Keys } from '../key-names.js'

/** Longer than any process goes without a heartbeat. */
const countedForMs = 600_000

/** Where a message stands in the row of all announcements of one store. */
export interface Place {
  /** Drawn anew when the count begins anew: another store, or the same one after it lost everything. */
  readonly count: string
  readonly number: number
}

/** What a process publishes. */
export interface Announcements {
  /** Tells every process of a logout. */
  forgotten(subject: string): Promise<void>
  /** Publishes to this process itself, which is how it knows that it hears. */
  heartbeat(beat: number): Promise<void>
}

/** What a message says. */
export type Heard = { place: Place } & ({ subject: string; own: boolean } | { beat: number })

export function createAnnouncements(
  { run }: Pick<Connection, 'run'>,
  keys: Keys,
  process: string,
): Announcements {
  const publish = async (channel: string, by: 0 | 1, text: string): Promise<void> => {
    const args = [channel, `${by}`, text, crypto.randomUUID(), `${countedForMs}`]
    await run(countAndPublish, [keys.announcements], args)
  }
  return {
    forgotten: (subject) => publish(keys.forgotten, 1, `${process} ${subject}`),
    heartbeat: (beat) => publish(keys.heartbeat(process), 0, `${beat}`),
  }
}

/** Reads a message of either kind; `undefined` for what this version did not write. */
export function readMessage(message: string, process: string): Heard | undefined {
  const [, count, digits, rest] = /^([\w-]+) (\d{1,15}) (.+)$/s.exec(message) ?? []
  if (count === undefined || rest === undefined) return undefined
  const place = { count, number: Number(digits) }
  if (/^\d{1,15}$/.test(rest)) return { place, beat: Number(rest) }
  const [, from, subject] = /^([\w-]+) (.+)$/s.exec(rest) ?? []
  return subject === undefined ? undefined : { place, subject, own: from === process }
}

/**
 * Every logout is numbered where it is published, and every heartbeat says the number of the last one: whoever
 * hears a number that does not follow has missed something. Begins with a write that Redis carries out although
 * memory is full, and may then go on writing.
 */
const countAndPublish = `
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('HSETNX', KEYS[1], 'count', ARGV[4])
local number = redis.call('HINCRBY', KEYS[1], 'number', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
local count = redis.call('HGET', KEYS[1], 'count')
redis.call('PUBLISH', ARGV[1], count .. ' ' .. number .. ' ' .. ARGV[3])
return 1`
