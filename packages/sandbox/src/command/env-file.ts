import { randomUUID } from 'node:crypto'
import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { readEnvText, updateEnvText } from './env-text.js'
import { codeOf, readTextFile, shown, unusable } from './read-file.js'
import { UsageError } from './usage-error.js'

const flag = '--write-env'
const maxBytes = 1_048_576
/** Core takes exactly one of the two, and the sandbox has a base URL. */
const retired = ['TESOURO_ENVIRONMENT']

/**
 * Keeps a .env file up to date: creates it, or updates the sandbox's own lines. A file that says the same already is
 * not touched, so that nobody who watches it restarts.
 *
 * @throws UsageError when the file cannot be read or written, or holds another client's credentials
 */
export async function writeEnvFile(path: string, env: Readonly<Record<string, string>>): Promise<void> {
  const before = await readTextFile(flag, path, maxBytes)
  if (before !== undefined) refuseOthersCredentials(path, before, env)
  const after = updateEnvText(before ?? '', env, retired)
  if (after === before) return
  refuseUnreadable(path, before ?? '', after, env)
  try {
    await write(before === undefined ? path : await realpath(path), after)
  } catch (error) {
    throw unusable(flag, path, 'written', error)
  }
}

/** Real secrets that were overwritten would be gone for good. */
function refuseOthersCredentials(path: string, text: string, env: Readonly<Record<string, string>>): void {
  const values = readEnvText(text)
  const clientId = values.get('TESOURO_CLIENT_ID') ?? ''
  if (clientId === env.TESOURO_CLIENT_ID) return
  const filled = ['TESOURO_CLIENT_ID', 'TESOURO_CLIENT_SECRET', 'TESOURO_WIDGET_SECRET'].find(
    (name) => (values.get(name) ?? '') !== '',
  )
  if (filled === undefined) return
  throw new UsageError(
    `${flag}: ${shown(path)} holds another client's ${filled}: empty it there, or name another file`,
  )
}

/** A quote that never ends swallows what is written below it, and a line that sets nothing what stands on the next one. */
function refuseUnreadable(
  path: string,
  before: string,
  after: string,
  env: Readonly<Record<string, string>>,
): void {
  const own = (name: string): boolean => Object.hasOwn(env, name) || retired.includes(name)
  const others = Object.entries(readAsNode(before)).filter(([name]) => !own(name))
  const read = readAsNode(after)
  const expected = Object.fromEntries([...others, ...Object.entries(env)])
  const names = Object.keys({ ...expected, ...read })
  if (names.every((name) => read[name] === expected[name])) return
  throw new UsageError(
    `${flag}: ${shown(path)} has a quote that never ends, or a line that sets nothing, which would swallow what is written: repair it first`,
  )
}

const readAsNode = (text: string): NodeJS.Dict<string> => parseEnv(text.replace(/^\uFEFF/, ''))

/** Whole or not at all; only where no file can be put in this one's place (one that is mounted), in place. */
async function write(target: string, text: string): Promise<void> {
  const mode = await modeOf(target)
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, text, { flag: 'wx', mode })
    await chmod(temporary, mode)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    if (!['EBUSY', 'EACCES', 'EPERM', 'EXDEV'].includes(codeOf(error) ?? '')) throw error
    await writeFile(target, text, { mode })
  }
}

/** A new file is its owner's alone. */
async function modeOf(target: string): Promise<number> {
  try {
    return (await stat(target)).mode & 0o777
  } catch {
    return 0o600
  }
}
