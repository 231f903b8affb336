// The conductor: opens ten tabs, moves their time from one event to the next, and looks at each tab after each.

/** What a tab is told. */
export type ToTab =
  | { to: 'begin' | 'settle' }
  | {
      to: 'advance'
      now: number
      clockOff: number
      online: boolean
      visible: number
      /** The machine slept until now. */
      sleep: boolean
      /** The network tells of it. */
      wake: boolean
    }

/** What a tab has done, and what it waits for. */
export interface Counts {
  activity: number
  fetching: number
  /** Requests for the lock, and whether the tab has it. */
  queued: number
  holding: number
  /** Messages to the other tabs, and from them. */
  posted: number
  heard: number
  ends: number
}

/** What a tab tells. `bad`: it has had no good token although the server could be reached. */
export interface FromTab extends Counts {
  tab: number
  /** When its next timer fires. */
  next: number
  bad: boolean
}

export type Step = (message: ToTab) => Promise<FromTab>

declare global {
  interface Window {
    /** What a tab calls once it is loaded. Its counts go on. */
    join: (step: Step, counts: Readonly<Counts>) => void
    /** What a tab calls when something has come to it from outside. */
    arrived: () => void
  }
}

interface Change {
  clockOff?: number
  online?: boolean
  visible?: number
  sleepMinutes?: number
  wake?: boolean
}

const tabs = 10
const minute = 60_000
/** What happens when, in minutes. */
const changes: readonly (readonly [at: number, change: Change])[] = [
  [45, { clockOff: 10 * minute }],
  [60, { visible: -1 }], // from here on the window is covered, mostly
  [90, { clockOff: 0 }],
  [120, { online: false }],
  [130, { online: true }],
  [240, { sleepMinutes: 60, wake: true }],
  [310, { visible: 3 }],
  [325, { clockOff: -10 * minute, visible: 4 }],
  [340, { visible: -1 }],
  [390, { online: false }],
  [391, { online: true }],
  [420, { clockOff: 0 }],
  [479, { visible: 6 }],
  [480, { sleepMinutes: 30 }], // nothing tells of its end
  [520, { visible: -1 }],
]
const end = Number(new URLSearchParams(location.search).get('minutes')) * minute

/** Calls each tab itself: a message to each of ten processes would take most of the time. */
const steps: Step[] = []
const counts: Readonly<Counts>[] = []
const opened = new Promise<void>((resolve) => {
  window.join = (step, ofTab) => {
    counts.push(ofTab)
    if (steps.push(step) === tabs) resolve()
  }
})

const ask = (message: ToTab): Promise<FromTab[]> => Promise.all(steps.map((step) => step(message)))

/** Whether something is on its way to a tab. */
function waits(): boolean {
  const sum = (of: 'fetching' | 'queued' | 'holding' | 'posted' | 'heard'): number =>
    counts.reduce((total, one) => total + one[of], 0)
  return (
    sum('fetching') > 0 ||
    // A lock that is wanted and that nobody has is on its way to somebody.
    (sum('queued') > 0 && sum('holding') === 0) ||
    // Each message reaches all other tabs.
    sum('heard') < sum('posted') * (tabs - 1)
  )
}

/** Asks nobody meanwhile: that would take most of the time. */
const allArrived = (): Promise<void> =>
  new Promise((resolve, reject) => {
    if (!waits()) return resolve()
    // A minute of real time in which nothing comes: without this, nobody would learn what the tabs wait for.
    const begin = (): ReturnType<typeof setTimeout> =>
      setTimeout(() => reject(new Error(`no end: ${JSON.stringify(counts)}`)), 60_000)
    let limit = begin()
    window.arrived = () => {
      clearTimeout(limit)
      if (waits()) limit = begin()
      else resolve()
    }
  })

/** Waits until no tab does anything but wait for its timers. */
async function settle(): Promise<FromTab[]> {
  let before = ''
  let movedAt = performance.now()
  for (let quiet = 0; ; ) {
    await allArrived()
    const all = await ask({ to: 'settle' })
    const now = all
      .map(({ tab, activity }) => [tab, activity])
      .sort()
      .join()
    quiet = now === before && !waits() ? quiet + 1 : 0
    if (now !== before) movedAt = performance.now()
    else if (performance.now() - movedAt > 60_000) throw new Error(`no end: ${JSON.stringify(all)}`)
    before = now
    if (quiet === 2) return all
  }
}

async function simulate(): Promise<object> {
  const state = { now: 0, clockOff: 0, online: true, visible: 0 }
  const bad: string[] = []
  let activity = ''
  let awakeSince = 0
  const pending = [...changes]
  const note = (all: readonly FromTab[], when: string): void => {
    // Nothing tells of the end of one sleep: the tab that is looked at looks at the time itself, every five seconds.
    if (state.now - awakeSince <= 5_000) return
    for (const { tab } of all.filter((one) => one.bad)) bad.push(`${when} ${state.now / 1000} s, tab ${tab}`)
  }
  await ask({ to: 'begin' })
  let all = await settle()
  while (state.now < end) {
    const change = pending[0]
    const next = Math.min(
      ...all.map((one) => one.next),
      (change?.[0] ?? Number.POSITIVE_INFINITY) * minute,
      end,
    )
    state.now = Math.max(state.now, next)
    const {
      sleepMinutes = 0,
      wake = false,
      ...rest
    } = change !== undefined && state.now >= change[0] * minute ? (pending.shift()?.[1] ?? {}) : {}
    Object.assign(state, rest)
    state.now += sleepMinutes * minute
    if (sleepMinutes > 0 && !wake) awakeSince = state.now
    all = await ask({ to: 'advance', ...state, sleep: sleepMinutes > 0, wake })
    note(all, 'before')
    const now = all
      .map((one) => [one.tab, one.activity])
      .sort()
      .join()
    if (now !== activity) all = await settle()
    activity = all
      .map((one) => [one.tab, one.activity])
      .sort()
      .join()
    note(all, 'after')
  }
  return { bad, ends: all.reduce((sum, { ends }) => sum + ends, 0) }
}

window.arrived = () => {}
for (let tab = 0; tab < tabs; tab += 1) window.open(`/tab?tab=${tab}`)
await opened
const result = await simulate().catch((error) => ({ error: String(error) }))
await fetch('/result', { method: 'POST', body: JSON.stringify(result) })
