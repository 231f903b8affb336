import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { sessionHeader } from './subject.js'

/** Headers of somebody who is signed in. */
export const as = (session: string): Record<string, string> => ({ [sessionHeader]: session })

/** The header of a JSON body. */
export const json = { 'content-type': 'application/json' }

/** A request as a hostile client may send it: node:http sends headers that `fetch` would refuse or change. */
export interface RawRequest {
  method?: string
  /** Appended to the endpoint's URL: a query, or more path. */
  suffix?: string
  headers?: OutgoingHttpHeaders
  body?: string | Uint8Array
  /** Sends the body without declaring its length. */
  chunked?: boolean
  /** Leaves the body unfinished until the answer has arrived. */
  unfinished?: boolean
  /** Uses a connection that no other request uses: a server may close one on which it has not read everything. */
  alone?: boolean
}

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** The body if it is JSON, else `undefined`. */
  json: unknown
}

/** Node's servers close a connection that no request has used for 5 s, also while the next one is on its way. */
const idleMs = 4_000

/** Sends requests to one endpoint over few connections that are kept, so that an answer that leaves one in disorder spoils the next. */
export class RawClient {
  readonly url: URL
  readonly #agent: Agent = new Agent({ keepAlive: true, maxSockets: 4 })
  readonly #usedAt = new WeakMap<Duplex, number>()

  constructor(url: string) {
    this.url = new URL(url)
    this.#agent.on('free', (socket) => this.#usedAt.set(socket, performance.now()))
  }

  send(given: RawRequest = {}): Promise<RawAnswer> {
    const {
      method = 'POST',
      suffix = '',
      headers = {},
      body,
      chunked = false,
      unfinished = false,
      alone = false,
    } = given
    const agent = alone ? new Agent({ keepAlive: true }) : this.#agent
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent,
          host: this.url.hostname,
          port: this.url.port,
          path: this.url.pathname + suffix,
          method,
          headers: {
            host: this.url.host,
            // node:http declares no body for these methods unless it is told to
            ...(body !== undefined && !chunked ? { 'content-length': Buffer.byteLength(body) } : {}),
            ...headers,
          },
        },
        (incoming) => {
          const parts: Buffer[] = []
          incoming.on('data', (part: Buffer) => parts.push(part))
          incoming.on('error', reject)
          incoming.on('end', () => {
            if (unfinished) outgoing.end()
            if (alone) agent.destroy()
            const text = Buffer.concat(parts).toString()
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text,
              json: jsonOf(text),
            })
          })
        },
      )
      outgoing.on('error', (error) => {
        const usedAt = this.#usedAt.get(outgoing.socket as Duplex)
        const wasIdle = usedAt !== undefined && performance.now() - usedAt > idleMs
        if (wasIdle && outgoing.reusedSocket) resolve(this.send({ ...given, alone: true }))
        else reject(error)
      })
      if (chunked && body !== undefined) {
        outgoing.setHeader('transfer-encoding', 'chunked')
        outgoing.write(body)
        if (!unfinished) outgoing.end()
      } else {
        outgoing.end(body)
      }
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
