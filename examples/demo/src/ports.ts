import { createServer } from 'node:net'

/** The wanted port of 127.0.0.1 if nobody listens there, else 0: any free one. */
export function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(0))
    server.listen({ port: wanted, host: '127.0.0.1' }, () => server.close(() => resolve(wanted)))
  })
}

/** What there is to say when something listens elsewhere than usual. */
export function takenPort(wanted: number, origin: string): string | undefined {
  const { port } = new URL(origin)
  return port === String(wanted) ? undefined : `Port ${wanted} is taken: it is ${port} instead.`
}
