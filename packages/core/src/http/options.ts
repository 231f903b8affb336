import type { TesouroTokens, WidgetToken } from '../tokens.js'
import type { TesouroUser } from '../user.js'
import type { WidgetTokenRequestHeaders } from './headers.js'
import type { WidgetTokenProblem, WidgetTokenProblemCode } from './problem.js'

/**
 * What every form of the endpoint takes. `Request` is the framework's request; `Context` is what the framework
 * hands out beside it (Express: the response).
 */
export interface WidgetTokenOptions<Request, Context extends readonly unknown[] = []> {
  /**
   * What mints: the answer of `createTesouroTokens`, or a function that chooses one for a user, for partners
   * with several client ids. It is called after `getUser`, with its answer.
   */
  tokens:
    | TesouroTokens
    | ((user: TesouroUser, request: Request, ...context: Context) => TesouroTokens | Promise<TesouroTokens>)
  /**
   * Says who is signed in, from the server's own session: never from the body, the query or a header that the
   * page chooses. `email` has to be an address that the application has verified, because the platform looks
   * users up by it. `null` or `undefined`: nobody, and the answer is 401.
   */
  getUser(
    request: Request,
    ...context: Context
  ): TesouroUser | null | undefined | Promise<TesouroUser | null | undefined>
  /**
   * Other origins whose pages may ask, as browsers send them: `https://app.example.com`,
   * `capacitor://localhost`. They get CORS headers with credentials. A function is asked with the origin and
   * has to give `true`. Default: pages of the endpoint's own origin alone.
   */
  allowedOrigins?:
    | readonly string[]
    | ((origin: string, request: Request, ...context: Context) => boolean | Promise<boolean>)
    | undefined
  /**
   * Tokens for each user in a minute; `false` for no limit. Counted in the `limitStore` of the tokens, once for all
   * processes that share it; without one, or while it is down, each process counts for itself. Default
   * `{ perMinute: 30 }`.
   */
  mintLimit?: false | { perMinute: number } | undefined
  /**
   * Told of everything that somebody has to repair: what `getUser`, `tokens` or `allowedOrigins` threw, a user
   * that cannot be used, and whatever ends in 500 or 503. What it throws is ignored. Default: `console.error`
   * with the library's own message, or the name and stack of a foreign error; its message too, unless `NODE_ENV` is
   * `production`, since it may hold a secret.
   */
  onError?: ((error: unknown, request: Request) => void) | undefined
  /**
   * Told of refusals that are probably a mistake in the wiring: a page whose origin is not allowed, a user without an
   * id or an e-mail address, a session that nobody finds. `hint` says what was found and which option would change it,
   * in one paragraph without secrets. What it throws is ignored. Default: `console.warn`, once a minute for each code.
   */
  onRefusal?: ((refusal: WidgetTokenRefusal, request: Request) => void) | undefined
}

/** A refusal that is probably a mistake in the wiring. */
export interface WidgetTokenRefusal {
  /** The problem code that the page was answered with. */
  code: WidgetTokenProblemCode
  /** What was found, and which option would change it. Holds no secret. */
  hint: string
}

/** A request as plain data. Only its headers, method and body are looked at; `request` and `context` are passed on. */
export interface WidgetTokenInput<Request, Context extends readonly unknown[] = []> {
  /** As it stands in the request line. */
  method: string
  /** What the framework takes for the request's host (and port), its settings about trusted proxies included. */
  host: string | undefined
  /** `Headers`, or a record such as Node's `req.headers`. */
  headers: WidgetTokenRequestHeaders
  /**
   * The body as text, bytes, a value that was parsed already, or an async iterable of bytes, which is read last, to
   * 8 KiB and for 10 seconds at most, and then returned early, so it must not end the connection: `nodeRequestBody`
   * makes one of Node's request. `undefined`: none.
   */
  body?: unknown
  /** Handed to `getUser` and the other functions. */
  request: Request
  /** Handed to them after the request. Wanted wherever `Context` is not empty. */
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
  /** To be sent as they are. */
  headers: Record<string, string>
  /** To be sent as JSON; `undefined`: no body. */
  body: WidgetTokenAnswer | WidgetTokenProblem | undefined
}

/** Answers a request. Never rejects. */
export type WidgetTokenHandler<Request, Context extends readonly unknown[] = []> = (
  input: WidgetTokenInput<Request, Context>,
) => Promise<WidgetTokenOutput>
