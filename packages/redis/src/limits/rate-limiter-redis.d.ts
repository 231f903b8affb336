// The package's root module loads every store it knows; this one loads what Redis needs. It has no types of its own
// under this path.
declare module 'rate-limiter-flexible/lib/RateLimiterRedis.js' {
  interface Answer {
    consumedPoints: number
    msBeforeNext: number | string
  }
  export default class RateLimiterRedis {
    constructor(options: {
      storeClient: {
        eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
      }
      useRedisPackage: true
      keyPrefix: string
      points: number
      /** Whole seconds. */
      duration: number
      customIncrTtlLuaScript?: string
    })
    /** Rejects with an object of the same shape, which is no Error, when more than `points` are consumed. */
    consume(key: string, points?: number): Promise<Answer>
    penalty(key: string, points: number): Promise<Answer>
  }
}
