/** A refusal of the platform: a status, and an OAuth error (RFC 6749 §5.2) or a problem's `errorCode`. */
export class SandboxRefusal extends Error {
  /** The HTTP status. */
  readonly status: number
  /** OAuth error or `errorCode`, such as `invalid_grant` or `widget_token_expired`. */
  readonly error: string
  /** The reason in words, without secrets. */
  readonly errorDescription: string

  constructor(status: number, error: string, errorDescription: string) {
    super(`${status} ${error}: ${errorDescription}`)
    this.name = 'SandboxRefusal'
    this.status = status
    this.error = error
    this.errorDescription = errorDescription
  }
}
