import type { Connection } from '../client/connect.js'
import type { Keys } from '../key-names.js'
import type { Announcements } from './announcements.js'
import { startSession } from './subscription.js'

/** What is told of a logout: whose; `undefined` says that some may have been missed. */
export type Listener = (subject: string | undefined) => void

/** Hears of logouts in other processes while anybody listens. */
export interface Listening {
  add(listener: Listener): () => void
  stop(): void
}

export function createListening(parts: {
  connection: Pick<Connection, 'subscribe'>
  announcements: Pick<Announcements, 'heartbeat'>
  keys: Keys
  process: string
}): Listening {
  const listeners = new Set<Listener>()
  let stopSession: (() => void) | undefined

  const tell: Listener = (subject) => {
    for (const listener of [...listeners]) {
      try {
        listener(subject)
      } catch {
        // one listener's mistake keeps no logout from the others
      }
    }
  }
  const stop = (): void => {
    stopSession?.()
    stopSession = undefined
  }
  return {
    add(listener) {
      // of its own, so that a function that is added twice can be taken away once
      const entry: Listener = (subject) => listener(subject)
      listeners.add(entry)
      stopSession ??= startSession({ ...parts, tell })
      return () => {
        listeners.delete(entry)
        if (listeners.size === 0) stop()
      }
    },
    stop() {
      listeners.clear()
      stop()
    },
  }
}
