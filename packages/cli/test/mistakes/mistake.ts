import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer, type Socket } from 'node:net'
import type { CheckStatus, Terminal } from '@tesouro-tokens/cli'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { onTestFinished } from 'vitest'

/** How the doctor is called. */
export interface SetUp {
  args?: readonly string[]
  env?: { readonly [name: string]: string | undefined }
  /** Files of the folder in which it runs. */
  files?: { readonly [path: string]: string }
  terminal?: Partial<Terminal>
}

/** Something that people get wrong, and what the doctor has to say about it. */
export interface Mistake {
  name: string
  setUp(): SetUp | Promise<SetUp>
  /** The check that has to find it. */
  id: string
  status: CheckStatus
  /** In what was found. */
  found: RegExp
  /** In what is to be done. */
  todo?: RegExp
}

type StartOptions = Parameters<typeof startSandbox>[0]

/** The platform, closed when the test ends. */
export async function platform(options: StartOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options)
  onTestFinished(() => sandbox.close())
  return sandbox
}

/** The variables of a right set-up, some of them replaced. */
export async function envWith(
  changes: { readonly [name: string]: string | undefined } = {},
  options: StartOptions = {},
): Promise<{ [name: string]: string | undefined }> {
  return { ...(await platform(options)).env, ...changes }
}

/** A server that is none of the platform's. Answers with its origin. */
export async function server(answer: RequestListener): Promise<string> {
  const listening = createServer(answer)
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    listening.closeAllConnections()
    await new Promise((resolve) => listening.close(resolve))
  })
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
}

/** Something that takes connections and does with them what it is told. Answers with its port. */
export async function socketServer(take: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const listening = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    take(socket)
  })
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => listening.close(resolve))
  })
  return (listening.address() as AddressInfo).port
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const listening = createServer()
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const { port } = listening.address() as AddressInfo
  await new Promise((resolve) => listening.close(resolve))
  return port
}

/** The first of these ports on which nothing listens. */
export async function firstFree(ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    const listening = createServer()
    const free = await new Promise<boolean>((resolve) => {
      listening.once('error', () => resolve(false))
      listening.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!free) continue
    await new Promise((resolve) => listening.close(resolve))
    return port
  }
  throw new Error(`something listens on each of ${ports.join(', ')}`)
}
