import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The way to a Redis, on which things go wrong without Redis noticing anything. */
export interface Wire extends AsyncDisposable {
  /** Connect here instead of to the server. */
  readonly port: number
  /** Breaks what is connected and refuses what tries to. */
  cut(): void
  /** Whatever is asked, the answer is something that no Redis says. */
  garble(): void
  /** Every answer comes later, by so many milliseconds. */
  delay(ms: number): void
  /** New connections, and answers, are as they should be. */
  restore(): void
  /** Settles when the next connection comes, let through or not. */
  connection(): Promise<void>
}

export async function openWire(toPort: number): Promise<Wire> {
  const open = new Set<Socket>()
  let state: 'whole' | 'cut' | 'garbled' = 'whole'
  let delayMs = 0

  const pass = (answer: Buffer, near: Socket): void => {
    if (near.destroyed) return
    near.write(state === 'garbled' ? '?no such answer?\r\n'.repeat(3) : answer)
  }
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy()
    const far = connect(toPort, '127.0.0.1')
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    far.on('data', (answer) => {
      if (delayMs === 0) pass(answer, near)
      else setTimeout(pass, delayMs, answer, near)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const breakAll = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    port,
    cut() {
      state = 'cut'
      breakAll()
    },
    garble() {
      state = 'garbled'
    },
    delay(ms) {
      delayMs = ms
    },
    restore() {
      // A client that was answered nonsense has lost count of its answers on that connection.
      if (state === 'garbled') breakAll()
      state = 'whole'
      delayMs = 0
    },
    async connection() {
      await once(server, 'connection')
    },
    async [Symbol.asyncDispose]() {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}
