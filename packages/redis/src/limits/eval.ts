/** What running a script needs of a client; every client of node-redis 5 and 6 and of ioredis 5 and 6 has it. */
export interface RedisLimitClient {
  /** Runs a script. */
  eval(...given: never[]): Promise<unknown>
}

type Eval = (script: string, options: { keys: string[]; arguments: string[] }) => Promise<unknown>

/** Runs a script by the client's own way of saying it. */
export function evalOf(client: RedisLimitClient): Eval {
  // Called on the client, so that what it is told of itself by `this` is right.
  const run = client as unknown as { eval(script: string, ...given: unknown[]): Promise<unknown> }
  const isIoredis = 'defineCommand' in client
  return (script, options) =>
    isIoredis
      ? run.eval(script, options.keys.length, ...options.keys, ...options.arguments)
      : run.eval(script, options)
}
