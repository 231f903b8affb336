/** What a request was for. An exchange that the gateway runs by itself counts as `gateway` only. */
export type RequestKind =
  | 'token_exchange'
  | 'client_credentials'
  | 'revoke'
  | 'gateway'
  | 'bank_accounts'
  | 'transfers'
  | 'statements'
  | 'other'

/** A request that arrived. */
export interface SandboxRequest {
  method: string
  /** As it stood in the request line. */
  url: string
  kind: RequestKind
  /** `undefined` where no known client made it. */
  clientId: string | undefined
  /** `sub`; `undefined` where no user was named. */
  user: string | undefined
  /** `undefined` until answered, and for good where nothing was answered. */
  status: number | undefined
  /** The fault that struck it. */
  fault: string | undefined
}

/** Which requests to count; members left out match everything. */
export interface RequestFilter {
  kind?: RequestKind | undefined
  clientId?: string | undefined
  user?: string | undefined
  status?: number | undefined
}

/** Counts of requests by kind. */
export type KindCounts = Record<RequestKind, number>

/** Counts of requests. */
export interface SandboxStats {
  total: number
  kinds: KindCounts
  /** By client id. */
  clients: Record<string, KindCounts>
  /** By `sub`. */
  users: Record<string, KindCounts>
  /** By status; requests without an answer are in none. */
  statuses: Record<string, number>
}
