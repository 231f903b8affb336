/** Before the first request: what is missing in the environment is told now, and not to the first visitor. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  // Whoever tries this out needs no secret: one is drawn, and everybody is signed out when the server stops.
  process.env.SESSION_SECRET ||= crypto.randomUUID() + crypto.randomUUID()

  const { tokens } = await import('@/lib/tesouro')
  await tokens.ready()
}
