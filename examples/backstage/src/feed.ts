import { subscribe } from 'node:diagnostics_channel'
import type { TesouroTokensEvent } from '@tesouro-tokens/core'

/** One open page that is told what the tokens do. */
export interface FeedReader {
  /** The session that opened it; the feed ends with it. */
  session: string
  write(text: string): void
  end(): void
}

/** Headers of the answer that carries the feed (server-sent events, HTML §9.2). */
export const feedHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
}

// A record, so that the compiler knows when an event has no line here.
const types: Record<TesouroTokensEvent['type'], true> = {
  mint: true,
  cache_hit: true,
  cache_miss: true,
  cache_failure: true,
  cache_guard: true,
  clock: true,
  lease_wait: true,
  exchange: true,
  refresh: true,
  forget: true,
  revoke: true,
  refusal: true,
  renew: true,
  credentials: true,
}

const readers = new Set<FeedReader>()

for (const type of Object.keys(types)) {
  subscribe(`tesouro-tokens:${type}`, (event) => {
    if (typeof event !== 'object' || event === null) return
    const text = `data: ${JSON.stringify({ at: Date.now(), event })}\n\n`
    for (const reader of readers) reader.write(text)
  })
}

/**
 * Hands the library's events, as they are published on `node:diagnostics_channel`, to open pages. Whoever is signed
 * in hears what happens from then on, for every customer: events name nobody.
 */
export const feed = {
  /** Returns the way out, for when the connection closes. */
  join(reader: FeedReader): () => void {
    readers.add(reader)
    reader.write('retry: 2000\n\n')
    return () => readers.delete(reader)
  },

  /** Ends what this session reads, or everything. */
  end(session?: string): void {
    for (const reader of readers) {
      if (session !== undefined && reader.session !== session) continue
      readers.delete(reader)
      reader.end()
    }
  },
}

// A server that stops waits for answers that are under way, and this one has no end.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => feed.end())
