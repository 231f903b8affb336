import { knownVariables, otherNames } from '../../environment/known-variables.js'
import { isFile, readEnvFile } from '../../environment/read-env-file.js'
import { nearest } from '../../terminal/nearest.js'
import { printable } from '../../terminal/printable.js'
import { type Check, type CheckContext, type CheckResult, result } from '../check.js'

const tried = 'the variables of the environment and of .env'

/** Where the variables come from, and names and values that were probably meant otherwise. */
export const environment: Check = {
  id: 'environment',
  title: 'environment',
  run(context) {
    const { files, values } = context.environment
    const problems = [
      ...notesOfFiles(context),
      ...wrongNames(context),
      ...placeholders(context),
      ...overridden(context),
      ...unreadFiles(context),
    ]
    if (problems.length > 0) return problems
    const set = knownVariables.filter((name) => values[name]).length
    const from =
      files.length === 0
        ? 'no .env file here; the environment'
        : files.map(({ path }) => printable(path)).join(', ')
    return result('environment', 'ok', tried, `${from}: ${set} of ${knownVariables.length} variables are set`)
  },
}

function* notesOfFiles({ environment }: CheckContext): Generator<CheckResult> {
  for (const { path, notes } of environment.files) {
    for (const { name, line, text } of notes) {
      if (name !== '' && !isOurs(name)) continue
      yield result(
        'environment',
        'fail',
        tried,
        `${printable(path)} line ${line}: ${text}`,
        `Repair line ${line} of ${printable(path)}.`,
      )
    }
  }
}

function* wrongNames({ environment: { values, sourceOf } }: CheckContext): Generator<CheckResult> {
  const strange = Object.keys(values).filter((name) => /^_*tesouro/i.test(name) && !isKnown(name))
  for (const name of strange.slice(0, 100)) {
    const meant = otherNames[name.toUpperCase()] ?? nearest(name, knownVariables)
    if (meant === undefined || values[meant]) continue
    const found = `${printable(name, 60)} is set (${sourceOf(name)}), which nothing of ours reads, and ${meant} is not`
    yield result('environment', 'fail', tried, found, `Rename it to ${meant}.`)
  }
}

/** Values that nobody has filled in. */
const placeholder =
  /^(?:…+|\.{3,}|x{3,}|<.*>|\[.*\]|change[-_ ]?me|todo|tbd|secret|your[-_ ].*|replace[-_ ]?me.*|insert.*here)$/i

function* placeholders({ environment: { values, sourceOf } }: CheckContext): Generator<CheckResult> {
  for (const name of knownVariables) {
    if (!placeholder.test(values[name]?.trim() ?? '')) continue
    const found = `${name} (${sourceOf(name)}) still holds a placeholder`
    yield result(
      'environment',
      'fail',
      tried,
      found,
      `Put in the value from onboarding, or what \`npx @tesouro-tokens/sandbox\` prints.`,
    )
  }
}

function* overridden({ environment: { overridden, files } }: CheckContext): Generator<CheckResult> {
  if (overridden.length === 0) return
  const file = printable(files.at(-1)?.path ?? '.env')
  yield result(
    'environment',
    'warn',
    tried,
    `${overridden.join(', ')}: ${file} has another value than the environment, and the environment wins`,
    `If the values of ${file} are meant, unset those of the shell: \`unset ${overridden.join(' ')}\`.`,
  )
}

/** Files that Next.js reads in development, and Node does not by itself. */
const othersFiles = ['.env.local', '.env.development.local', '.env.development']

function* unreadFiles({ environment, terminal: { cwd } }: CheckContext): Generator<CheckResult> {
  const read = environment.files.map(({ path }) => path)
  for (const path of othersFiles.filter((other) => !read.includes(other) && isFile(other, cwd))) {
    const missing = missingFrom(path, cwd, environment.values)
    if (missing.length === 0) continue
    const args = [...read, path].map((file) => `--env ${printable(file)}`).join(' ')
    yield result(
      'environment',
      'warn',
      tried,
      `${path} sets ${missing.join(', ')} and is not read here: Next.js reads it, Node does not by itself`,
      `If your application reads it: \`npx @tesouro-tokens/cli doctor ${args}\`.`,
    )
  }
}

function missingFrom(path: string, cwd: string, values: CheckContext['environment']['values']): string[] {
  try {
    const found = readEnvFile(path, cwd).values
    return knownVariables.filter((name) => name !== 'REDIS_URL' && found[name] && !values[name])
  } catch {
    return []
  }
}

const isKnown = (name: string): boolean => knownVariables.some((known) => known === name)
const isOurs = (name: string): boolean => isKnown(name) || /^tesouro/i.test(name)
