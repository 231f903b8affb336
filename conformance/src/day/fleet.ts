import {
  createTesouroTokens,
  type TesouroTokens,
  type TesouroUser,
  type TokenCache,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import type { ManualClock } from '../manual-clock.js'

export const lifetimeSeconds = 3_600

/** A partner's processes over one cache, in front of a platform that counts and never refuses. */
export interface Fleet {
  /** A user's call, answered by one of the processes. */
  call(user: number, process: number): Promise<void>
  logOut(user: number, process: number): Promise<void>
  /** Stops a process and starts it again, with nothing in its memory. */
  restart(process: number): Promise<void>
  /** Waits until everything that runs in the background has ended. */
  settled(): Promise<void>
  close(): Promise<void>
  readonly counts: {
    exchanges: number
    mostInOneSecond: number
    expiredServed: number
    foreignServed: number
  }
}

/** `open` gives the cache of one process, each time that it starts. */
export function startFleet(options: {
  processes: number
  clock: ManualClock
  open: () => TokenCache
}): Fleet {
  const { clock, open } = options
  const counts = { exchanges: 0, mostInOneSecond: 0, expiredServed: 0, foreignServed: 0 }
  const platform = exchangeAt(clock, counts)
  const underWay = new Set<Promise<unknown>>()
  const start = (): TesouroTokens =>
    createTesouroTokens({
      baseUrl: 'http://localhost:1',
      clientId: 'a-day',
      clientSecret: 'of-a-day',
      subjectToken: unsecuredSubjectToken(),
      cache: open(),
      requestsPerSecond: false,
      fetch: platform,
      clock,
      waitUntil: (work) => {
        underWay.add(work)
        work.finally(() => underWay.delete(work)).catch(() => {})
      },
    })
  const processes = Array.from({ length: options.processes }, start)
  const at = (process: number): TesouroTokens => {
    const tokens = processes[process]
    if (tokens === undefined) throw new Error(`there is no process ${process}`)
    return tokens
  }

  return {
    counts,

    async call(user, process) {
      const { accessToken } = await at(process).getUserAccessToken(userOf(user))
      const [sub, until] = accessToken.split('.')
      if (sub !== userOf(user).sub) counts.foreignServed += 1
      if (Number(until) <= clock.now()) counts.expiredServed += 1
    },

    async logOut(user, process) {
      await at(process).forgetUser(userOf(user))
    },

    async restart(process) {
      await at(process).close()
      processes[process] = start()
    },

    async settled() {
      while (underWay.size > 0) await Promise.allSettled([...underWay])
    },

    async close() {
      await Promise.all(processes.map((tokens) => tokens.close()))
    },
  }
}

/** The platform: its tokens tell whose they are and when they end, so that what is served can be checked. */
function exchangeAt(
  clock: ManualClock,
  counts: { exchanges: number; mostInOneSecond: number },
): (input: unknown, init?: RequestInit) => Promise<Response> {
  const second = { at: 0, exchanges: 0 }
  return async (_input, init) => {
    const at = Math.floor(clock.now() / 1_000)
    if (second.at !== at) Object.assign(second, { at, exchanges: 0 })
    second.exchanges += 1
    counts.exchanges += 1
    counts.mostInOneSecond = Math.max(counts.mostInOneSecond, second.exchanges)
    const [, claims = ''] = new URLSearchParams(`${init?.body}`).get('subject_token')?.split('.') ?? []
    const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString())
    return Response.json({
      access_token: `${sub}.${clock.now() + lifetimeSeconds * 1_000}.${counts.exchanges}`,
      token_type: 'Bearer',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      expires_in: lifetimeSeconds,
    })
  }
}

function userOf(user: number): TesouroUser {
  return { sub: `user-${user}`, email: `user-${user}@bank.example` }
}
