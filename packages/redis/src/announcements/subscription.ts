import type { Connection } from '../client/connect.js'
import type { Keys } from '../key-names.js'
import { type Announcements, readMessage } from './announcements.js'
import type { Listener } from './listeners.js'
import { createRow } from './sequence.js'

/** How often a heartbeat is sent: while the subscription is alive, and while it is not. */
const beatEveryMs = { alive: 250, deaf: 100 }
/** The subscription counts as alive for so long after a heartbeat was sent that was heard. */
const aliveForMs = 600
/** How often doubt is repeated while it is not: each time, whatever is held has to be compared once more. */
const doubtEveryMs = 700
/** For so long an unanswered heartbeat is waited for before another one is sent. */
const answerWithinMs = 1_000
/** For so long heartbeats are answered and not heard before another subscription replaces this one; then twice as long. */
const replaceAfterMs = { first: 1_000, longest: 30_000 }

/**
 * Keeps a subscription, proves again and again that it is alive, and tells of logouts: of each by its subject, and
 * that some may have been missed when it is found dead, at least once a second until it is alive again, and then.
 */
export function startSession(parts: {
  connection: Pick<Connection, 'subscribe'>
  announcements: Pick<Announcements, 'heartbeat'>
  keys: Keys
  process: string
  tell: Listener
}): () => void {
  const { connection, announcements, keys, process, tell } = parts
  const row = createRow()
  let alive = false
  let provenAt = Number.NEGATIVE_INFINITY
  let doubtedAt = performance.now()
  let unansweredSince: number | undefined
  let deafSince: number | undefined
  let patienceMs = replaceAfterMs.first
  let stopped = false

  const doubt = (): void => {
    doubtedAt = performance.now()
    tell(undefined)
  }

  const hearBeat = (sentAt: number, complete: boolean): void => {
    // Of somebody else's making: it would prove for ever that the subscription is alive.
    if (sentAt > performance.now()) return
    deafSince = undefined
    provenAt = Math.max(provenAt, sentAt)
    const wasAlive = alive
    alive = performance.now() - provenAt <= aliveForMs
    if (alive) patienceMs = replaceAfterMs.first
    if (!complete || (alive && !wasAlive)) doubt()
  }

  const hear = (_channel: string, message: string): void => {
    const heard = stopped ? undefined : readMessage(message, process)
    if (heard === undefined) return
    if ('beat' in heard) {
      hearBeat(heard.beat, row.heartbeat(heard.place))
      return
    }
    if (!row.announcement(heard.place)) doubt()
    if (!heard.own) tell(heard.subject)
  }

  const subscribe = (): (() => void) => connection.subscribe([keys.forgotten, keys.heartbeat(process)], hear)
  let unsubscribe = subscribe()

  /** A heartbeat's number is the time at which it was sent. */
  const sendBeat = async (): Promise<void> => {
    const beat = Math.floor(performance.now())
    if (unansweredSince !== undefined && beat - unansweredSince < answerWithinMs) return
    unansweredSince = beat
    try {
      await announcements.heartbeat(beat)
      if (provenAt < beat) deafSince ??= performance.now()
    } catch {
      // that Redis cannot be asked shows in what is not heard
    }
    if (unansweredSince === beat) unansweredSince = undefined
  }

  const beatAndLook = (): void => {
    const now = performance.now()
    if (alive ? now - provenAt > aliveForMs : now - doubtedAt >= doubtEveryMs) {
      alive = false
      doubt()
    }
    if (deafSince !== undefined && now - deafSince > patienceMs) {
      patienceMs = Math.min(patienceMs * 2, replaceAfterMs.longest)
      deafSince = undefined
      unsubscribe()
      unsubscribe = subscribe()
    }
    void sendBeat()
    if (stopped) return
    timer = setTimeout(beatAndLook, alive ? beatEveryMs.alive : beatEveryMs.deaf)
    timer.unref()
  }
  let timer: NodeJS.Timeout | undefined
  beatAndLook()

  return () => {
    stopped = true
    clearTimeout(timer)
    unsubscribe()
  }
}
