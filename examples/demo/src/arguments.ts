import { parseArgs } from 'node:util'
import { type ExampleName, exampleNames } from './examples.js'

export const help = `Starts the platform on localhost and an example application together. "fleet" is the Express
example as three processes over one Redis.

Usage: npm run demo -- [${exampleNames.join(' | ')}] [--once]

  --once       walk through everything as a browser would, print each step, and stop:
               exit code 0 when all was as it should be, 1 at the first step that was not
  -h, --help   this text
`

export interface Arguments {
  example: ExampleName
  once: boolean
  help: boolean
}

/** @throws TypeError that says what is wrong with the command line */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    allowPositionals: true,
    options: {
      once: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [name = 'express', ...more] = positionals
  const example = exampleNames.find((known) => known === name)
  if (example === undefined || more.length > 0) {
    throw new TypeError(`there is no example "${positionals.join(' ')}", only ${exampleNames.join(', ')}`)
  }
  return { example, ...values }
}
