/** What the cache uses of a client of node-redis: `createClient`, `createCluster` or `createSentinel`. */
export interface NodeRedisClient {
  /** Runs a script. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  /** Runs a script that the server knows already. */
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  /** Listens on channels. */
  subscribe(channels: string[], listener: (message: string, channel: string) => void): Promise<unknown>
  /** Another client with the same settings. */
  duplicate?(): unknown
}

/** What the cache uses of a client of ioredis: `new Redis` or `new Cluster`. */
export interface IoRedisClient {
  /** Runs a script. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  /** Runs a script that the server knows already. */
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  /** Listens on channels. */
  subscribe(...channels: string[]): Promise<unknown>
  /** Another client with the same settings. */
  duplicate(): unknown
}

/** A client of node-redis 5 or 6, or of ioredis 5 or 6: of one server, through Sentinel, or of a cluster. */
export type RedisClient = NodeRedisClient | IoRedisClient
