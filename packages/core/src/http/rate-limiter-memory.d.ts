// The package's root module loads every store it knows, with Node's own modules; only this one runs everywhere. It
// has no types of its own under this path.
declare module 'rate-limiter-flexible/lib/RateLimiterMemory.js' {
  export default class RateLimiterMemory {
    constructor(options: { points: number; duration: number; keyPrefix?: string })
    /** Rejects with an object of the same shape, which is no Error, when no point is left. */
    consume(key: string, points?: number): Promise<{ msBeforeNext: number; remainingPoints: number }>
    delete(key: string): Promise<boolean>
  }
}
