import { problemOf, problemsOf } from '../check.js'
import { declaredUsers, type SandboxUser } from '../users/declared.js'
import { readTextFile, shown } from './read-file.js'
import { UsageError } from './usage-error.js'

const maxBytes = 8 * 1_048_576

/** Reads a JSON file with a list of users. @throws UsageError that names the place in the file, never a value */
export async function readUsersFile(path: string): Promise<readonly SandboxUser[]> {
  const text = await readTextFile('--users', path, maxBytes)
  if (text === undefined) throw new UsageError(`--users: there is no file ${shown(path)}`)
  const parsed = declaredUsers.safeParse(parseJson(path, text), { error: problemOf })
  if (parsed.success) return parsed.data
  throw new UsageError(`--users: ${shown(path)}: ${problemsOf(parsed.error, 'it')[0]}`)
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    // the parser's own words may repeat what stands in the file
    throw new UsageError(`--users: ${shown(path)} is not JSON`)
  }
}
