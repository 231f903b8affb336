import type { TokenKey } from '@tesouro-tokens/core'

/** The names of everything in Redis. What stands in braces chooses the slot: all keys of a subject share one. */
export interface Keys {
  value(key: TokenKey): string
  lease(key: TokenKey): string
  /** Changed by every logout. Absent: none in the last ten minutes. */
  generation(subject: string): string
  /** The variants of which a value may be there, by the time when its life is over. */
  variants(subject: string): string
  /** How many logouts were announced. */
  announcements: string
  /** The channel on which logouts are announced. */
  forgotten: string
  /** The channel on which a process hears its own heartbeat. */
  heartbeat(process: string): string
}

export function keysWith(prefix: string): Keys {
  const of = (subject: string): string => `${prefix}:{${subject}}`
  return {
    value: ({ subject, variant }) => `${of(subject)}:token:${variant}`,
    lease: ({ subject, variant }) => `${of(subject)}:lease:${variant}`,
    generation: (subject) => `${of(subject)}:generation`,
    variants: (subject) => `${of(subject)}:variants`,
    announcements: `${prefix}:announcements`,
    forgotten: `${prefix}:forgotten`,
    heartbeat: (process) => `${prefix}:heartbeat:${process}`,
  }
}
