import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type {
  ForgetUserResult,
  TesouroTokensEvent,
  TesouroTokensHealth,
  TesouroUser,
} from '@tesouro-tokens/core'

/** How calls that were made at once ended. */
export interface Answers {
  /** The different tokens that each user was served. */
  tokens: { [sub: string]: string[] }
  errors: { [code: string]: number }
  /** Calls whose error does not say that they may be made again. */
  failedForGood: number
  slowestMs: number
}

/** A process of its own, with an instance, a Redis client and a layered cache in it. */
export interface FleetProcess extends AsyncDisposable {
  get(subs: readonly string[], callers?: number): Promise<Answers>
  getAs(users: readonly TesouroUser[]): Promise<Answers>
  forget(sub: string): Promise<ForgetUserResult | { error: string }>
  health(): Promise<TesouroTokensHealth>
  /** What happened since it was last asked. */
  events(): Promise<TesouroTokensEvent[]>
  /** Rejections that nobody handled. */
  unhandled(): Promise<string[]>
  /** Gets no processor for so long, as in a container whose share is used up. Resolves when it goes on. */
  standStill(ms: number): Promise<void>
  /** Ends without a word, as a machine does that loses its power. */
  kill(): Promise<void>
}

export interface FleetProcessOptions {
  /** What the sandbox tells a process through the environment. */
  env: Readonly<Record<string, string>>
  /** The client library. */
  client: 'redis' | 'ioredis'
  /** Ports of the Redis on this machine; `subscriber` where the subscription goes another way. */
  redis: { port: number; subscriber?: number; cluster?: boolean }
  /** How wrong the process's wall clock is. */
  skewMs?: number
  /** Seals what is stored. */
  cacheKeys?: readonly string[]
  /** Keeps to the requests a second that all processes over the same Redis have together; otherwise to none. */
  sharesBudget?: boolean
  /** Further options of `tesouroTokensFromEnv`, as JSON can carry them. */
  options?: object
  /**
   * Another fleet may have closed its instance in the process before, and one may open its own there afterwards: most of the
   * work of starting a process is loading. By default a process is a new one, whose code has never run.
   */
  reused?: boolean
}

/** Processes that a fleet has closed and another may use. They end with the process that started them. */
const idle: ChildProcess[] = []

const fixture = fileURLToPath(new URL('../fixtures/fleet-process.mjs', import.meta.url))

export async function startFleetProcess(options: FleetProcessOptions): Promise<FleetProcess> {
  const { env, reused = false, ...settings } = options
  // execArgv: nothing of how the tests are run, these are the built packages
  const child =
    (reused ? idle.pop() : undefined) ?? fork(fixture, { env: { PATH: process.env.PATH }, execArgv: [] })
  hold(child, true)
  const { ask, silence } = speakTo(child)
  await ask('open', { env, settings })

  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
  const end = async (signal?: NodeJS.Signals): Promise<void> => {
    if (signal === undefined && !isOver()) {
      await ask('close').catch(() => {})
      silence()
      if (reused && child.connected) {
        idle.push(child)
        hold(child, false)
        return
      }
    }
    if (isOver()) return
    const gone = once(child, 'exit')
    if (signal !== undefined) child.kill(signal)
    else if (child.connected) child.disconnect()
    await gone
  }

  return {
    get: (subs, callers) => ask('get', { subs, callers }),
    getAs: (users) => ask('getAs', { users }),
    forget: (sub) => ask('forget', { sub }),
    health: () => ask('health'),
    events: () => ask('events'),
    unhandled: () => ask('unhandled'),
    async standStill(ms) {
      child.kill('SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, ms))
      child.kill('SIGCONT')
    },
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end(),
  }
}

/** An idle process keeps nobody's process from ending. */
function hold(child: ChildProcess, isHeld: boolean): void {
  for (const each of [child, child.channel]) isHeld ? each?.ref() : each?.unref()
}

function speakTo(child: ChildProcess): {
  ask: <Answer>(name: string, args?: object) => Promise<Answer>
  silence: () => void
} {
  let asked = 0
  const waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>()
  const hear = ({ id, answer }: { id: number; answer: never }): void => {
    waiting.get(id)?.resolve(answer)
    waiting.delete(id)
  }
  const end = (): void => {
    for (const { reject } of waiting.values()) reject(new Error('the process has ended'))
    waiting.clear()
  }
  child.on('message', hear).on('exit', end)
  return {
    ask(name, args) {
      asked += 1
      const id = asked
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        child.send({ id, name, args })
      })
    },
    silence: () => void child.off('message', hear).off('exit', end),
  }
}
