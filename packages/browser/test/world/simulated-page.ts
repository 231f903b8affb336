// A tab whose time is not its own: `Date`, `performance.now` and timers go on when the conductor says so.
import { keepWidgetToken } from '@tesouro-tokens/browser'
import type { FromTab, ToTab } from './simulated-hours-page.js'

interface Timer {
  /** Milliseconds of the tab's monotonic clock. */
  at: number
  level: number
  run: () => void
}

const time = { now: 0, slept: 0, clockOff: 0, hidden: true, online: true }
const timers = new Map<number, Timer>()
const state = { level: 0, activity: 0, fetching: 0, queued: 0, holding: 0, goodUntil: -1, ends: 0 }
const begin = Date.now()
const monotonic = (): number => time.now - time.slept
const [realFetch, RealChannel] = [fetch, BroadcastChannel]
let id = 0

Date.now = () => begin + time.now + time.clockOff
performance.now = monotonic
Object.defineProperty(document, 'hidden', { get: () => time.hidden })
Object.assign(window, {
  setTimeout: (run: () => void, ms = 0) => {
    id += 1
    const level = state.level + 1
    // What browsers do in the background: whole seconds, and whole minutes for a chain of timers.
    const grain = time.hidden ? (level > 5 ? 60_000 : 1_000) : 1
    const at = Math.ceil((monotonic() + Math.max(0, Number(ms) || 0)) / grain) * grain
    timers.set(id, { at, level, run })
    return id
  },
  clearTimeout: (timer: number) => timers.delete(timer),
  fetch: async (url: string, init: RequestInit) => {
    state.activity += 1
    if (!time.online) throw new TypeError('offline')
    state.fetching += 1
    const headers = { ...init.headers, 'x-now': `${time.now}` }
    const response = await realFetch(url, { ...init, headers })
    const body = await response.text()
    state.fetching -= 1
    state.activity += 1
    return new Response(body, response)
  },
  BroadcastChannel: class extends RealChannel {
    override set onmessage(hear: (event: MessageEvent) => void) {
      super.onmessage = (event) => {
        state.activity += 1
        hear(event)
      }
    }
    override postMessage(message: unknown): void {
      state.activity += 1
      super.postMessage(message)
    }
  },
})

const { request } = navigator.locks
Object.assign(navigator.locks, {
  request: (name: string, options: LockOptions, work: () => Promise<void>) => {
    state.activity += 1
    state.queued += 1
    return request.call(navigator.locks, name, options, async () => {
      state.queued -= 1
      state.holding += 1
      state.activity += 1
      await work()
      state.holding -= 1
      state.activity += 1
    })
  },
})

/** Lets everything run that waits for nothing outside. */
const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => resolve()
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
const channel = new RealChannel('conductor')
const tell = (bad: boolean): void => {
  const next = Math.min(...[...timers.values()].map(({ at }) => at)) + time.slept
  const { activity, fetching, queued, holding, ends } = state
  const news: FromTab = { tab, next, activity, fetching, queued, holding, ends, bad }
  channel.postMessage(news)
}

channel.onmessage = async ({ data }: MessageEvent<ToTab>) => {
  if (data.to === 'settle') {
    await nextTask()
    return tell(time.online && state.goodUntil <= time.now)
  }
  if (data.to !== 'advance') return
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
  tell(lapsed)
}

keepWidgetToken({
  userId: 'ana',
  onToken: ({ widgetToken }) => {
    state.activity += 1
    state.goodUntil = Number(widgetToken.split('-').at(-1))
  },
  onSignedOut: () => {
    state.ends += 1
  },
})
tell(false)
