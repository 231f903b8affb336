// A tab whose time is not its own: `Date`, `performance.now` and timers go on when the conductor says so.
import { createWidgetTokenFetcher, keepWidgetToken } from '@tesouro-tokens/browser'
import type { FromTab, ToTab } from './simulated-hours-page.js'

interface Timer {
  /** Milliseconds of the tab's monotonic clock. */
  at: number
  level: number
  run: () => void
}

const time = { now: 0, slept: 0, clockOff: 0, hidden: true, online: true }
const timers = new Map<number, Timer>()
const state = {
  level: 0,
  activity: 0,
  fetching: 0,
  queued: 0,
  holding: 0,
  posted: 0,
  heard: 0,
  goodUntil: -1,
  ends: 0,
}
/** Something has come from outside: timers that are set now are in no chain. */
const arrived = (): void => {
  state.activity += 1
  state.level = 0
  opener.arrived()
}
// All tabs of a machine have one clock, however long each takes to load.
const begunAt: number = opener.performance.timeOrigin
const monotonic = (): number => time.now - time.slept
const [realFetch, RealChannel] = [fetch, BroadcastChannel]
let answered: Promise<unknown> = Promise.resolve()
let id = 0

Date.now = () => begunAt + time.now + time.clockOff
performance.now = monotonic
Object.defineProperty(document, 'hidden', { get: () => time.hidden })
const setTimer = (run: () => void, ms = 0): number => {
  id += 1
  const level = state.level + 1
  // What browsers do in the background: whole seconds, and whole minutes for a chain of timers.
  const grain = time.hidden ? (level > 5 ? 60_000 : 1_000) : 1
  const at = Math.ceil((monotonic() + Math.max(0, Number(ms) || 0)) / grain) * grain
  timers.set(id, { at, level, run })
  return id
}
AbortSignal.timeout = (ms) => {
  const controller = new AbortController()
  setTimer(() => controller.abort(), ms)
  return controller.signal
}
Object.assign(window, {
  setTimeout: setTimer,
  clearTimeout: (timer: number) => timers.delete(timer),
  fetch: async (url: string, init: RequestInit) => {
    state.activity += 1
    if (!time.online) throw new TypeError('offline')
    state.fetching += 1
    const headers = { ...init.headers, 'x-now': `${time.now}` }
    const answer = realFetch(url, { ...init, headers }).then(async (response) => ({
      response,
      body: await response.text(),
    }))
    answered = answer.catch(() => {})
    // Also when it fails: the token of another tab aborts it.
    const { response, body } = await answer.finally(() => {
      state.fetching -= 1
      arrived()
    })
    // read at once: an answer that is still being read could not be told from a tab that waits for its timers
    return Object.assign(new Response(null, response), { json: async () => JSON.parse(body) })
  },
  BroadcastChannel: class extends RealChannel {
    override set onmessage(hear: (event: MessageEvent) => void) {
      super.onmessage = (event) => {
        state.heard += 1
        arrived()
        hear(event)
      }
    }
    override postMessage(message: unknown): void {
      state.activity += 1
      state.posted += 1
      super.postMessage(message)
    }
  },
})

const { request } = navigator.locks
Object.assign(navigator.locks, {
  request: (name: string, work: () => Promise<void>) => {
    state.activity += 1
    state.queued += 1
    let waits = true
    return request
      .call(navigator.locks, name, {}, async () => {
        waits = false
        state.queued -= 1
        state.holding += 1
        arrived()
        await work()
        state.holding -= 1
        state.activity += 1
      })
      .catch((error) => {
        // It is forbidden.
        if (waits) state.queued -= 1
        opener.arrived()
        throw error
      })
  },
})

const { port1, port2 } = new MessageChannel()
const turns: (() => void)[] = []
port1.onmessage = () => turns.shift()?.()
/** Lets everything run that waits for nothing outside. */
const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    turns.push(resolve)
    port2.postMessage(0)
  })

async function fireDueTimers(): Promise<void> {
  for (;;) {
    const due = [...timers].filter(([, { at }]) => at <= monotonic()).sort(([, a], [, b]) => a.at - b.at)
    const [first] = due
    if (first === undefined) return
    const [number, { level, run }] = first
    timers.delete(number)
    state.level = level
    run()
    await nextTask()
    state.level = 0
  }
}

const tab = Number(new URLSearchParams(location.search).get('tab'))

function seen(bad: boolean): FromTab {
  const next = Math.min(...[...timers.values()].map(({ at }) => at)) + time.slept
  const { level: _, goodUntil: __, ...counts } = state
  return { tab, next, bad, ...counts }
}

async function step(message: ToTab): Promise<FromTab> {
  if (message.to === 'begin') begin()
  if (message.to === 'advance') return advance(message)
  await answered
  await nextTask()
  return seen(message.to === 'settle' && time.online && state.goodUntil <= time.now)
}

async function advance(data: Extract<ToTab, { to: 'advance' }>): Promise<FromTab> {
  const before = time.now
  const lapsed = time.online && !data.sleep && state.goodUntil < data.now
  time.now = data.now
  if (data.sleep) time.slept += data.now - before
  time.clockOff = data.clockOff
  const [cameOnline, shownOrHidden] = [data.online && !time.online, (data.visible !== tab) !== time.hidden]
  time.online = data.online
  time.hidden = data.visible !== tab
  if (shownOrHidden) document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  if (cameOnline || data.wake) dispatchEvent(new Event('online'))
  await fireDueTimers()
  return seen(lapsed)
}

// Hears the other tabs from now on, and asks for nothing yet: each message reaches all of them.
createWidgetTokenFetcher({ userId: 'ana' })
const begin = (): void =>
  void keepWidgetToken({
    userId: 'ana',
    onToken: ({ widgetToken }) => {
      state.activity += 1
      state.goodUntil = Number(widgetToken.split('-').at(-1))
    },
    onSignedOut: () => {
      state.ends += 1
    },
  })
opener.join(step, state)
