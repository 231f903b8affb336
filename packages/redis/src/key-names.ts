import type { TokenKey } from '@tesouro-tokens/core'

/** The names of everything in Redis. What stands in braces chooses the slot: all keys of a person share one. */
export interface KeyNames {
  /** The person's record, a hash: the generation, and when each of their values and recent logouts ends. */
  person(subject: string): string
  /** An access token. */
  value(key: TokenKey): string
  /** The right to make the exchange for a token. */
  lease(key: TokenKey): string
  /** The values that a logout has dropped, for a try that repeats it. */
  forgotten(subject: string, id: string): string
  /** How many logouts were announced. */
  announcements: string
  /** The channel on which logouts are announced. */
  logoutChannel: string
  /** The channel on which a process hears its own heartbeat. */
  heartbeatChannel(process: string): string
}

export function keyNamesWith(prefix: string): KeyNames {
  const of = (subject: string): string => `${prefix}:{${subject}}`
  return {
    person: (subject) => `${of(subject)}:person`,
    value: ({ subject, variant }) => `${of(subject)}:token:${variant}`,
    lease: ({ subject, variant }) => `${of(subject)}:lease:${variant}`,
    forgotten: (subject, id) => `${of(subject)}:forgotten:${id}`,
    announcements: `${prefix}:announcements`,
    logoutChannel: `${prefix}:forgotten`,
    heartbeatChannel: (process) => `${prefix}:heartbeat:${process}`,
  }
}
