export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs' || process.env.TESOURO_CLIENT_ID === undefined) return
  const { tokens } = await import('./lib/tesouro.js')
  await tokens.ready()
}
