import { createClient } from 'redis'

/** What several processes share their sessions and tokens through. Without `REDIS_URL` there is one process, and none. */
export const redis = process.env.REDIS_URL ? createClient({ url: process.env.REDIS_URL }) : undefined

// Nobody listening would end the process when the connection is lost; the client connects again by itself.
redis?.on('error', (error: Error) => console.error(`redis: ${error.message}`))
await redis?.connect()
