import type { Figure } from './figure.js'

/** How much of it is done: as much as was promised, or just enough to see that it runs. */
export interface Scale {
  /** The client libraries that are measured. */
  clients: readonly ('redis' | 'ioredis')[]
  day: { users: number }
  outage: { users: number; perSecond: number; seconds: number }
  budget: { users: number; perSecond: number; processes: number }
  memory: { calls: number; users: number; maxEntries: number }
  logout: { repetitions: number }
  starved: { users: number; callers: number; standsStillMs: number; servedAgainAfterMs: number }
  races: { seconds: number }
  scripts: { seconds: number }
  fuzz: { seconds: number }
  foreign: { tokens: number }
}

export const full: Scale = {
  clients: ['redis', 'ioredis'],
  day: { users: 100_000 },
  outage: { users: 1_000, perSecond: 200, seconds: 60 },
  budget: { users: 3_000, perSecond: 100, processes: 4 },
  memory: { calls: 1_000_000, users: 100_000, maxEntries: 50_000 },
  logout: { repetitions: 20 },
  starved: { users: 100, callers: 10, standsStillMs: 3_000, servedAgainAfterMs: 60_000 },
  races: { seconds: 3_600 },
  scripts: { seconds: 60 },
  fuzz: { seconds: 600 },
  foreign: { tokens: 1_000 },
}
export const smoke: Scale = {
  clients: ['redis'],
  day: { users: 5 },
  outage: { users: 20, perSecond: 100, seconds: 1 },
  budget: { users: 20, perSecond: 100, processes: 2 },
  memory: { calls: 200, users: 20, maxEntries: 10 },
  logout: { repetitions: 1 },
  starved: { users: 10, callers: 10, standsStillMs: 500, servedAgainAfterMs: 2_000 },
  races: { seconds: 5 },
  scripts: { seconds: 2 },
  fuzz: { seconds: 5 },
  foreign: { tokens: 2 },
}

export interface Proof {
  /** What is typed to run only this one. */
  name: string
  title: string
  needsRedis: boolean
  /** Takes so long that it is run only when it is named. */
  isOnRequest?: true
  run(scale: Scale): Promise<Figure[]>
}
