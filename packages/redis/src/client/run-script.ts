import { createHash } from 'node:crypto'

/** The scripts of this package are constants, so this stays as small as their number. */
const hashes = new Map<string, string>()

/**
 * Runs a script by its SHA-1. A server that does not know the script (`NOSCRIPT`: a new one, restarted, or flushed) is
 * sent the text once and remembers it.
 */
export async function runScript(
  script: string,
  by: { hash(hash: string): Promise<unknown>; text(): Promise<unknown> },
): Promise<unknown> {
  try {
    return await by.hash(hashOf(script))
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return by.text()
    throw error
  }
}

function hashOf(script: string): string {
  const known = hashes.get(script)
  if (known !== undefined) return known
  const hash = createHash('sha1').update(script).digest('hex')
  hashes.set(script, hash)
  return hash
}
