/** A heartbeat that was on its way for longer says nothing precise about Redis's clock. */
const preciseWithinMs = 100

/** What Redis's clock shows, as far as heartbeats tell: each says when this process sent it, and when Redis had it. */
export class RedisTime {
  /** How far Redis's clock is ahead of `performance.now()`. */
  #aheadMs: number | undefined

  heartbeat({ sentAt, publishedAtMs }: { sentAt: number; publishedAtMs: number | undefined }): void {
    const heardAt = performance.now()
    if (publishedAtMs === undefined || heardAt - sentAt > preciseWithinMs) return
    this.#aheadMs = publishedAtMs - (sentAt + heardAt) / 2
  }

  /** Milliseconds since a message was published; `undefined` where nothing tells. */
  since(publishedAtMs: number | undefined): number | undefined {
    if (publishedAtMs === undefined || this.#aheadMs === undefined) return undefined
    return Math.max(0, performance.now() + this.#aheadMs - publishedAtMs)
  }
}
