export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { tokens } = await import('@/lib/tesouro')
  await tokens.ready({ platform: true })
}
