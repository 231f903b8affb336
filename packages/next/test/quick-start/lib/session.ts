import type { TesouroUser } from '@tesouro-tokens/next'

/** Stands for the application's own session. */
export async function currentUser(): Promise<TesouroUser | null> {
  return null
}

export async function endSession(): Promise<void> {}
