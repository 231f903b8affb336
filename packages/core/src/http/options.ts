import type { TesouroTokens, WidgetToken } from '../tokens.js'
import type { TesouroUser } from '../user.js'
import type { WidgetTokenRequestHeaders } from './headers.js'
import type { WidgetTokenProblem, WidgetTokenProblemCode } from './problem.js'

/**
 * Options of every form of the endpoint. `Request` is the framework's request; `Context` is what the framework
 * passes after it (Express: the response).
 */
export interface WidgetTokenOptions<Request, Context extends readonly unknown[] = []> {
  /**
   * The instance that mints (`createTesouroTokens`), or a function that chooses one for a user, for several client
   * ids. The function is called after `getUser`, with its result.
   */
  tokens:
    | TesouroTokens
    | ((user: TesouroUser, request: Request, ...context: Context) => TesouroTokens | Promise<TesouroTokens>)
  /**
   * Returns the signed-in user, from the server's own session: never from the body, the query or a header that the
   * page chooses. `email` has to be an address that the application has verified, because the platform looks
   * users up by it. `null` or `undefined`: nobody is signed in, and the answer is 401.
   */
  getUser(
    request: Request,
    ...context: Context
  ): TesouroUser | null | undefined | Promise<TesouroUser | null | undefined>
  /**
   * Other origins whose pages may ask, as browsers send them: `https://app.example.com`,
   * `capacitor://localhost`. They get CORS headers with credentials. A function receives the origin and returns
   * `true` to allow it. Default: only the own origin.
   */
  allowedOrigins?:
    | readonly string[]
    | ((origin: string, request: Request, ...context: Context) => boolean | Promise<boolean>)
    | undefined
  /**
   * Tokens for each user in a minute; `false` for no limit. The instance's `limitStore` counts for all processes that
   * share it; without one, or while it is down, each process counts for itself. Default
   * `{ perMinute: 30 }`.
   */
  mintLimit?: false | { perMinute: number } | undefined
  /**
   * Receives every mistake that somebody has to fix: errors of `getUser`, `tokens` or `allowedOrigins`, an unusable
   * user, and every cause of a 500 or 503. Its own errors are ignored. Default: `console.error` with the library's own
   * message, or the name and stack of a foreign error. A foreign message is printed only where `NODE_ENV` is not
   * `production`, because it may hold a secret.
   */
  onError?: ((error: unknown, request: Request) => void) | undefined
  /**
   * Receives refusals that probably come from wrong wiring: a page whose origin is not allowed, a user without an id or
   * an e-mail address, a session that is not found. `hint` says what was found and which option would change it, in one
   * paragraph without secrets. Its own errors are ignored. Default: `console.warn`, once a minute for each code.
   */
  onRefusal?: ((refusal: WidgetTokenRefusal, request: Request) => void) | undefined
}

/** A refusal that probably comes from wrong wiring. */
export interface WidgetTokenRefusal {
  /** The problem code of the answer. */
  code: WidgetTokenProblemCode
  /** What was found, and which option would change it. Holds no secret. */
  hint: string
}

/** A request as plain data. The endpoint reads only headers, method, host and body; it passes `request` and `context` on. */
export interface WidgetTokenInput<Request, Context extends readonly unknown[] = []> {
  /** The method, as in the request line. */
  method: string
  /** The request's host (and port) as the framework sees it, with its settings about trusted proxies. */
  host: string | undefined
  /** `Headers`, or a record such as Node's `req.headers`. */
  headers: WidgetTokenRequestHeaders
  /**
   * The body: a string, bytes, an already parsed value, or an async iterable of bytes. The iterable is read last, up to
   * 8 KiB and for at most 10 seconds, and may be returned early, which must not end the connection. `nodeRequestBody`
   * makes one from Node's request. `undefined`: no body.
   */
  body?: unknown
  /** Passed to `getUser` and the other functions. */
  request: Request
  /** Passed to them after the request. Needed where `Context` is not empty. */
  context?: Context | undefined
}

/** A minted token, with its remaining life by the server's clock for pages whose own clock is wrong. */
export interface WidgetTokenAnswer extends WidgetToken {
  /** Whole seconds until `exp`. */
  expiresIn: number
}

/** An answer as plain data. The content type is among the headers; their names are in lower case. */
export interface WidgetTokenOutput {
  /** The HTTP status. */
  status: number
  /** Send them unchanged. */
  headers: Record<string, string>
  /** Send it as JSON; `undefined`: no body. */
  body: WidgetTokenAnswer | WidgetTokenProblem | undefined
}

/** Answers a request. Never rejects. */
export type WidgetTokenHandler<Request, Context extends readonly unknown[] = []> = (
  input: WidgetTokenInput<Request, Context>,
) => Promise<WidgetTokenOutput>
