import {
  createTesouroTokens,
  type TesouroTokens,
  type TesouroTokensEvent,
  type TesouroTokensOptions,
  type TesouroUser,
} from '@tesouro-tokens/core'
import { type Sandbox, type StartSandboxOptions, startSandbox } from '@tesouro-tokens/sandbox'
import { ManualClock } from './manual-clock.js'

/** One partner's process: its tokens, and what it told of itself. */
export interface Process {
  tokens: TesouroTokens
  events: TesouroTokensEvent[]
  /** Waits until everything that runs in the background has ended. */
  settled(): Promise<void>
}

/** The platform and any number of processes of a partner's, on one clock. */
export interface World extends AsyncDisposable {
  sandbox: Sandbox
  clock: ManualClock
  /** Starts a process. Its requests are not limited and not repeated unless the options say so. */
  start(options?: Partial<TesouroTokensOptions>): Process
  /** Token exchanges that reached the platform. */
  exchanges(user?: string): number
}

export async function openWorld(options: StartSandboxOptions = {}): Promise<World> {
  const clock = new ManualClock()
  const sandbox = await startSandbox({ rateLimit: false, clock: clock.truth, ...options })
  const processes: Process[] = []

  return {
    sandbox,
    clock,

    start(more = {}) {
      const events: TesouroTokensEvent[] = []
      const underWay = new Set<Promise<unknown>>()
      const tokens = createTesouroTokens({
        ...sandbox.options,
        clock,
        retry: false,
        requestsPerSecond: false,
        // Long enough for a machine that is busy with something else.
        timeouts: { attemptMs: 15_000, cacheMs: 15_000 },
        onEvent: (event) => void events.push(event),
        waitUntil: (work) => {
          underWay.add(work)
          work.finally(() => underWay.delete(work)).catch(() => {})
        },
        ...more,
      })
      const settled = async (): Promise<void> => {
        while (underWay.size > 0) await Promise.allSettled([...underWay])
      }
      const process = { tokens, events, settled }
      processes.push(process)
      return process
    },

    exchanges(user) {
      return sandbox.count(user === undefined ? { kind: 'token_exchange' } : { kind: 'token_exchange', user })
    },

    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map(({ tokens }) => tokens.close()))
      await sandbox.close()
    },
  }
}

/** The n-th user. */
export function userOf(n: number | string): TesouroUser {
  return { sub: `user-${n}`, email: `user-${n}@bank.example` }
}

/** Runs the same call that many times at once. */
export function atOnce<Result>(times: number, call: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => call(index)))
}
