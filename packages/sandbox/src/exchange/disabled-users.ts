import { SandboxRefusal } from '../refusal.js'

/** Users for whom the platform makes no exchange. */
export interface DisabledUsers {
  /** Returns the way back. */
  disable(sub: string, error: 'invalid_grant' | 'access_denied'): () => void
  /** @throws SandboxRefusal for a disabled user */
  check(sub: string): void
}

export function createDisabledUsers(): DisabledUsers {
  const disabled = new Map<string, 'invalid_grant' | 'access_denied'>()
  return {
    disable(sub, error) {
      disabled.set(sub, error)
      return () => {
        disabled.delete(sub)
      }
    },
    check(sub) {
      const error = disabled.get(sub)
      if (error !== undefined) throw new SandboxRefusal(400, error, 'the user is disabled')
    },
  }
}
