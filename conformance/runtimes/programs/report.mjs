const { Bun, Deno } = globalThis

/**
 * Runs steps one after the other, and prints as JSON what came of them. Nothing is ended by force afterwards: what still
 * waits keeps the process, which the suite notices.
 */
export async function report(steps, stop = async () => {}) {
  const results = []
  for (const [step, run] of Object.entries(steps)) {
    const result = await run().then(
      (said) => ({ step, said }),
      (error) => ({ step, failed: String(error?.stack ?? error) }),
    )
    results.push(result)
  }
  await stop()
  const version = Bun?.version ?? Deno?.version.deno ?? process.versions.node
  console.log(JSON.stringify({ version, results }))
}
