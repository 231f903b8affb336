import { readFile, stat } from 'node:fs/promises'
import { UsageError } from './usage-error.js'

/**
 * The text of a file that a flag names; `undefined` when there is none.
 *
 * @throws UsageError for what is no file of text, is too large, or cannot be read
 */
export async function readTextFile(
  flag: string,
  path: string,
  maxBytes: number,
): Promise<string | undefined> {
  try {
    const found = await stat(path)
    if (!found.isFile()) throw new UsageError(`${flag}: ${shown(path)} is no regular file`)
    if (found.size > maxBytes) {
      throw new UsageError(`${flag}: ${shown(path)} is larger than ${maxBytes / 1_048_576} MiB`)
    }
    return decode(flag, path, await readFile(path))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error instanceof UsageError ? error : unusable(flag, path, 'read', error)
  }
}

/** The error for a file that the system does not let us read or write. */
export function unusable(flag: string, path: string, verb: 'read' | 'written', error: unknown): UsageError {
  return new UsageError(`${flag}: ${shown(path)} cannot be ${verb} (${codeOf(error) ?? 'unknown reason'})`)
}

/** A path as it may stand in a terminal: control characters could forge lines. */
export function shown(path: string): string {
  return JSON.stringify(path.length > 200 ? `…${path.slice(-200)}` : path).slice(1, -1)
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

function decode(flag: string, path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new UsageError(`${flag}: ${shown(path)} is not UTF-8 text`)
  }
}
