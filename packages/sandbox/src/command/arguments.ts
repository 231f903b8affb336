import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.js'

/** What the command line asks for. */
export interface Arguments {
  port: number | undefined
  host: string | undefined
  seed: string | undefined
  /** Path of the file whose variables are to be kept up to date. */
  writeEnv: string | undefined
  /** Path of a JSON file with users. */
  users: string | undefined
  quiet: boolean
  json: boolean
  help: boolean
  version: boolean
}

const options = {
  port: { type: 'string', short: 'p' },
  host: { type: 'string' },
  seed: { type: 'string' },
  'write-env': { type: 'string' },
  users: { type: 'string' },
  quiet: { type: 'boolean', short: 'q' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

const names = Object.keys(options)

/** Reads the words after the command's name. @throws UsageError that names the flag, never a value */
export function readArguments(words: readonly string[]): Arguments {
  const { values, tokens } = parseArgs({ args: [...words], options, strict: false, tokens: true })
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new UsageError('a word without a flag is not understood: see --help')
    if (token.kind !== 'option') continue
    if (!Object.hasOwn(options, token.name)) throw new UsageError(unknownFlag(token.name))
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is given twice`)
    seen.add(token.name)
    const wantsValue = options[token.name as keyof typeof options].type === 'string'
    if (wantsValue && (!token.value || (!token.inlineValue && token.value.startsWith('-')))) {
      throw new UsageError(`--${token.name} needs a value`)
    }
    if (!wantsValue && token.value !== undefined) throw new UsageError(`--${token.name} takes no value`)
  }
  const text = (name: string): string | undefined => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    port: portOf(text('port')),
    host: text('host'),
    seed: text('seed'),
    writeEnv: text('write-env'),
    users: text('users'),
    quiet: values.quiet === true,
    json: values.json === true,
    help: values.help === true,
    version: values.version === true,
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new UsageError('--port must be a number from 0 to 65535')
  }
  return Number(text)
}

function unknownFlag(name: string): string {
  // whatever is not plainly a flag's name may be a secret that slipped
  const shown = /^[a-z][a-z-]{0,29}$/i.test(name) ? `--${name} is unknown` : 'a flag is unknown'
  const distances = names.map((known) => ({ known, away: distance(known, name.toLowerCase().slice(0, 40)) }))
  const [nearest] = distances.sort((one, other) => one.away - other.away)
  return nearest !== undefined && nearest.away <= 2
    ? `${shown}: did you mean --${nearest.known}?`
    : `${shown}: see --help`
}

/** Levenshtein distance: how many letters have to change. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
