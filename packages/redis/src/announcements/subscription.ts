import type { Connection } from '../client/connection.js'
import type { KeyNames } from '../key-names.js'
import { type Announcements, readMessage } from './announcements.js'
import type { Listener } from './listener.js'
import { RedisTime } from './redis-time.js'
import { Sequence } from './sequence.js'

/** How often a heartbeat is sent: while the subscription is alive, and while it is not. */
const beatEveryMs = { alive: 250, deaf: 100 }
/** The subscription counts as alive for so long after a heartbeat was sent that was heard. */
const aliveForMs = 600
/** How much one look counts at most: a process whose look comes later than that stood still, and blames itself. */
const looksEveryMs = 300
/** How often doubt is repeated while it is not: each time, everything held has to be compared once more. */
const doubtEveryMs = 700
/** For so long an unanswered heartbeat is waited for before another one is sent. */
const answerWithinMs = 1_000
/** For so long heartbeats are answered and not heard before another subscription replaces this one; then twice as long. */
const replaceAfterMs = { first: 1_000, longest: 30_000 }

/** What a {@link Subscription} uses. */
export interface SubscriptionParts {
  connection: Pick<Connection, 'subscribe'>
  announcements: Pick<Announcements, 'heartbeat'>
  names: KeyNames
  process: string
  tell: Listener
}

/**
 * Keeps a subscription, proves again and again that it is alive, and reports each logout by its subject. A dead
 * subscription may have missed some: it reports that when it is found, at least once a second until it is alive
 * again, and then once more.
 */
export class Subscription {
  readonly #parts: SubscriptionParts
  readonly #sequence = new Sequence()
  readonly #redisTime = new RedisTime()
  #alive = false
  #provenAt = Number.NEGATIVE_INFINITY
  #lookedAt = performance.now()
  /** For how long nothing proved it alive, counted in looks: messages may wait for a process that stood still. */
  #silentMs = 0
  #doubtedAt = performance.now()
  #unansweredSince: number | undefined
  #deafSince: number | undefined
  #patienceMs = replaceAfterMs.first
  #stopped = false
  #unsubscribe: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(parts: SubscriptionParts) {
    this.#parts = parts
    this.#unsubscribe = this.#subscribe()
    this.#beatAndLook()
  }

  /** By the clock, not by a timer: a process that has just stood still has not heard of it yet. */
  get alive(): boolean {
    return this.#alive && performance.now() - this.#provenAt <= aliveForMs
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#unsubscribe()
  }

  #subscribe(): () => void {
    const { connection, names, process } = this.#parts
    const channels = [names.logoutChannel, names.heartbeatChannel(process)]
    return connection.subscribe(channels, (_channel, message) => this.#hear(message))
  }

  #hear(message: string): void {
    const heard = this.#stopped ? undefined : readMessage(message)
    if (heard === undefined) return
    if (heard.beat !== undefined) {
      this.#hearBeat(heard.beat, this.#sequence.heartbeat(heard.at), heard.publishedAtMs)
      return
    }
    if (!this.#sequence.announcement(heard.at)) this.#doubt()
    const { publishedAtMs, renewal, subject, id } = heard
    this.#parts.tell(subject, { renewal, id, lateMs: this.#redisTime.since(publishedAtMs) })
  }

  #hearBeat(sentAt: number, complete: boolean, publishedAtMs: number | undefined): void {
    // Of somebody else's making: it would prove for ever that the subscription is alive.
    if (sentAt > performance.now()) return
    this.#redisTime.heartbeat({ sentAt, publishedAtMs })
    this.#deafSince = undefined
    this.#provenAt = Math.max(this.#provenAt, sentAt)
    this.#silentMs = 0
    const wasAlive = this.#alive
    // One that comes late because this process stood still proves nothing, and nothing against it.
    this.#alive ||= performance.now() - this.#provenAt <= aliveForMs
    if (this.#alive) this.#patienceMs = replaceAfterMs.first
    if (!complete || (this.#alive && !wasAlive)) this.#doubt()
  }

  #doubt(): void {
    this.#doubtedAt = performance.now()
    this.#parts.tell(undefined)
  }

  #beatAndLook(): void {
    const now = performance.now()
    this.#silentMs += Math.min(now - this.#lookedAt, looksEveryMs)
    this.#lookedAt = now
    if (this.#alive ? this.#silentMs > aliveForMs : now - this.#doubtedAt >= doubtEveryMs) {
      this.#alive = false
      this.#doubt()
    }
    const deafMs = this.#deafSince === undefined ? 0 : Math.min(now - this.#deafSince, this.#silentMs)
    if (deafMs > this.#patienceMs) this.#replace()
    void this.#sendBeat()
    if (this.#stopped) return
    this.#timer = setTimeout(() => this.#beatAndLook(), this.#alive ? beatEveryMs.alive : beatEveryMs.deaf)
    this.#timer.unref()
  }

  #replace(): void {
    this.#patienceMs = Math.min(this.#patienceMs * 2, replaceAfterMs.longest)
    this.#deafSince = undefined
    this.#unsubscribe()
    this.#unsubscribe = this.#subscribe()
  }

  /** A heartbeat's number is the time at which it was sent. */
  async #sendBeat(): Promise<void> {
    const beat = Math.floor(performance.now())
    if (this.#unansweredSince !== undefined && beat - this.#unansweredSince < answerWithinMs) return
    this.#unansweredSince = beat
    try {
      await this.#parts.announcements.heartbeat(beat)
      if (this.#provenAt < beat) this.#deafSince ??= performance.now()
    } catch {
      // that Redis cannot be asked shows in what is not heard
    }
    if (this.#unansweredSince === beat) this.#unansweredSince = undefined
  }
}
