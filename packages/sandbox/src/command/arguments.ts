import { parseArgs } from 'node:util'
import { nearest } from '../nearest.js'
import { type FlagName, flags } from './flags.js'
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

const names = Object.keys(flags)
const isFlag = (name: string): name is FlagName => Object.hasOwn(flags, name)
const options = Object.fromEntries(
  Object.entries(flags).map(([name, { short, value }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', ...(short !== undefined && { short }) } as const,
  ]),
)

/** Reads the words after the command's name. @throws UsageError that names the flag, never a value */
export function readArguments(words: readonly string[]): Arguments {
  const { values, tokens } = parseArgs({ args: [...words], options, strict: false, tokens: true })
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new UsageError('a word without a flag is not understood: see --help')
    if (token.kind !== 'option') continue
    if (!isFlag(token.name)) throw new UsageError(unknownFlag(token.name))
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is given twice`)
    seen.add(token.name)
    const wantsValue = flags[token.name].value !== undefined
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

/** What is written in digits as a number; anything else is left to the option's check, which finds that it is none. */
const portOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN

function unknownFlag(name: string): string {
  // whatever is not plainly a flag's name may be a secret that slipped
  const shown = /^[a-z][a-z-]{0,29}$/i.test(name) ? `--${name} is unknown` : 'a flag is unknown'
  const meant = nearest(name, names)
  return `${shown}: ${meant === undefined ? 'see --help' : `did you mean --${meant}?`}`
}
