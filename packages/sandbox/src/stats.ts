import type { JsonValue } from '@tesouro-tokens/core'

/** What a request was for. An exchange that the gateway runs by itself counts as `gateway` only. */
export type RequestKind =
  | 'token_exchange'
  | 'client_credentials'
  | 'revoke'
  | 'gateway'
  | 'bank_accounts'
  | 'transfers'
  | 'statements'
  | 'application_status'
  | 'users'
  | 'graphql'
  | 'other'

/** A request that arrived. */
export interface SandboxRequest {
  /** HTTP method. */
  method: string
  /** URL as it stood in the request line. */
  url: string
  /** What the request was for. */
  kind: RequestKind
  /** OAuth client id; `undefined` where no known client made it. */
  clientId: string | undefined
  /** `sub` of the user; `undefined` where no user was named. */
  user: string | undefined
  /** HTTP status of the answer; `undefined` until it is sent, and where none is sent. */
  status: number | undefined
  /** Name of the fault that struck it. */
  fault: string | undefined
  /** `x-request-id` of the answer. */
  requestId: string
  /** With `recordBodies`: members of a form or a JSON body, secrets masked; kept for the last 1,000 requests. */
  body?: JsonValue
}

/** Which requests to count. A member that is left out matches every request. */
export interface RequestFilter {
  /** What the request was for. */
  kind?: RequestKind | undefined
  /** OAuth client id. */
  clientId?: string | undefined
  /** `sub` of the user. */
  user?: string | undefined
  /** HTTP status of the answer. */
  status?: number | undefined
}

/** Counts of requests by kind. */
export type KindCounts = Record<RequestKind, number>

/** Counts of requests. */
export interface SandboxStats {
  /** Of all kinds together. */
  total: number
  /** By kind. */
  kinds: KindCounts
  /** By client id. */
  clients: Record<string, KindCounts>
  /** By `sub`. */
  users: Record<string, KindCounts>
  /** By status; requests without an answer are in none. */
  statuses: Record<string, number>
}

const maxRequests = 10_000
const maxBodies = 1_000

/** Keeps the counts, and the last requests. */
export interface Recorder {
  /** A request has arrived. */
  arrived(request: SandboxRequest): void
  /** Its answer is about to be sent. */
  answered(request: SandboxRequest, status: number): void
  stats(): SandboxStats
  count(filter: RequestFilter): number
  requests(): readonly SandboxRequest[]
  reset(): void
}

interface Counter extends Pick<SandboxRequest, 'kind' | 'clientId' | 'user' | 'status'> {
  count: number
}

export function createRecorder(): Recorder {
  let requests: SandboxRequest[] = []
  let counters = new Map<string, Counter>()
  let current = new WeakSet<SandboxRequest>()

  const add = ({ kind, clientId, user, status }: SandboxRequest, by: 1 | -1): void => {
    const name = JSON.stringify([kind, clientId, user, status])
    const counter = counters.get(name) ?? { kind, clientId, user, status, count: 0 }
    counter.count += by
    if (counter.count === 0) counters.delete(name)
    else counters.set(name, counter)
  }

  return {
    arrived(request) {
      requests.push(request)
      if (requests.length > maxRequests) requests.shift()
      delete requests.at(-maxBodies - 1)?.body
      current.add(request)
      add(request, 1)
    },
    answered(request, status) {
      const counted = current.has(request)
      if (counted) add(request, -1)
      request.status = status
      if (counted) add(request, 1)
    },
    stats: () => summarize(counters.values()),
    count: (filter) =>
      [...counters.values()]
        .filter((counter) => matches(counter, filter))
        .reduce((sum, { count }) => sum + count, 0),
    requests: () => requests.map((request) => ({ ...request })),
    reset() {
      requests = []
      counters = new Map()
      current = new WeakSet()
    },
  }
}

function matches(counter: Counter, { kind, clientId, user, status }: RequestFilter): boolean {
  return (
    (kind === undefined || kind === counter.kind) &&
    (clientId === undefined || clientId === counter.clientId) &&
    (user === undefined || user === counter.user) &&
    (status === undefined || status === counter.status)
  )
}

function summarize(counters: Iterable<Counter>): SandboxStats {
  // without a prototype, so that a client or user may have any name
  const named = (): Record<string, KindCounts> => Object.create(null)
  const stats: SandboxStats = {
    total: 0,
    kinds: noRequests(),
    clients: named(),
    users: named(),
    statuses: Object.create(null),
  }
  for (const { kind, clientId, user, status, count } of counters) {
    stats.total += count
    stats.kinds[kind] += count
    if (clientId !== undefined) addTo(stats.clients, clientId, kind, count)
    if (user !== undefined) addTo(stats.users, user, kind, count)
    if (status !== undefined) stats.statuses[status] = (stats.statuses[status] ?? 0) + count
  }
  return stats
}

function addTo(counts: Record<string, KindCounts>, name: string, kind: RequestKind, count: number): void {
  const of = counts[name] ?? noRequests()
  of[kind] += count
  counts[name] = of
}

function noRequests(): KindCounts {
  return {
    token_exchange: 0,
    client_credentials: 0,
    revoke: 0,
    gateway: 0,
    bank_accounts: 0,
    transfers: 0,
    statements: 0,
    application_status: 0,
    users: 0,
    graphql: 0,
    other: 0,
  }
}
