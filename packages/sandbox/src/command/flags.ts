import { textOf } from '../described.js'
import { sandboxShape } from '../settings.js'

/** What is said of a flag: in the help text, and in the table of the README. */
export interface Flag {
  readonly short?: string
  /** What stands for its value in the help text; a flag without one takes no value. */
  readonly value?: string
  readonly description: string
  /** What holds without the flag; empty where that is nothing. */
  readonly absent: string
}

/** Every flag, by the name that stands behind its `--`. */
export type FlagName =
  | 'port'
  | 'host'
  | 'seed'
  | 'write-env'
  | 'users'
  | 'quiet'
  | 'json'
  | 'help'
  | 'version'

/** A flag that gives an option of `startSandbox`, by which it is also checked. */
const ofOption = (name: 'port' | 'host' | 'seed', value: string): Flag => ({
  value,
  ...textOf(sandboxShape[name]),
})

/** Every flag of the command. */
export const flags: Readonly<Record<FlagName, Flag>> = {
  port: { short: 'p', ...ofOption('port', '<number>') },
  host: ofOption('host', '<address>'),
  seed: ofOption('seed', '<text>'),
  'write-env': {
    value: '<file>',
    description: "Creates the file, or updates the sandbox's own lines in it and keeps all others",
    absent: 'none',
  },
  users: { value: '<file>', description: 'JSON file with a list of users', absent: 'none' },
  quiet: { short: 'q', description: 'Writes no line for each request', absent: '' },
  json: { description: 'Prints the variables as one line of JSON', absent: '' },
  help: { short: 'h', description: 'Prints this text', absent: '' },
  version: { short: 'v', description: 'Prints the version', absent: '' },
}

/** The text of `--help`. */
export function helpText(): string {
  const all: [string, Flag][] = Object.entries(flags)
  const lines = all.map(([name, { short, value = '', description, absent }]) => {
    const head = `${short === undefined ? '    ' : `-${short}, `}--${name} ${value}`
    const text = [description, ...(absent === '' || absent === 'none' ? [] : [`default: ${absent}`])].join(
      '; ',
    )
    return `  ${head.padEnd(column)}${folded(text.replaceAll('`', ''))}`
  })
  return `The Tesouro platform on localhost, for demos and tests (unofficial).

Usage: npx @tesouro-tokens/sandbox [flags]

${lines.join('\n')}

A list of users: [{ "email": "…", "accounts": [{ "name": "…", "balance": "10.00" }] }]
Prints the variables of a .env file to stdout and everything else to stderr. Ctrl-C stops it.
`
}

/** Width of the column with the flags. */
const column = 24
const width = 100 - 2 - column

function folded(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line.length + word.length < width) lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
    else lines.push(word)
  }
  return lines.join(`\n${' '.repeat(column + 2)}`)
}
