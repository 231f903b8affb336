/**
 * Receives a logout or a renewal: whose, and how long after it was published; `undefined` says that some may have been
 * missed.
 */
export type Listener = (
  subject: string | undefined,
  what?: { renewal: boolean; id: string; lateMs: number | undefined },
) => void
