/** A value that JSON can represent. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue }

/** Named values. */
export type JsonMembers = { readonly [name: string]: JsonValue }

/** Returns the user's own JWT; called for every token. */
export type SubjectTokenGetter = (context: { signal: AbortSignal }) => string | Promise<string>

/**
 * The signed-in user, as the server's own session knows them. The names are those of the claims they become. `null` in an
 * optional member is the same as leaving it out.
 */
export interface TesouroUser {
  /** The partner's stable user id: the subject token's `sub`. 1 to 1,024 characters. */
  sub: string
  /** An e-mail address that the application has verified: the platform looks users up by it. 1 to 1,024 characters; surrounding space is removed. */
  email: string
  /** The tenant that the user belongs to, where your application has several. Part of every cache key. */
  tenant?: string | null | undefined
  /** Extra claims of the subject token. May not replace a registered claim. 2 KiB together with `requestParameters`. */
  claims?: JsonMembers | null | undefined
  /** Extra members of the exchange request (`audience`, `scope`, …; RFC 8693 §2.1), in the widget token and at the token endpoint. */
  requestParameters?: JsonMembers | null | undefined
  /**
   * A label that your application chooses, 1 to 1,024 characters, such as an authentication level or the session's id.
   * Sessions with different labels never share an access token. A logout ends all of them.
   */
  variant?: string | null | undefined
  /**
   * The user's own JWT, where the request carries it. Wins over the `subjectToken` option; never cached or logged. The
   * claims of a string, except `iat`, `exp`, `nbf` and `jti`, are part of the cache key, as a hash. So a session without a second factor never gets the access token of a session with one. The claims of a function's JWT are not known
   * beforehand: give `variant`.
   */
  subjectToken?: string | SubjectTokenGetter | null | undefined
}
