// Read before anything is installed or built, so it is plain JavaScript without dependencies.
import { parseArgs } from 'node:util'

export const exampleNames = ['express', 'next', 'nestjs', 'fleet']

export const help = `Starts the platform on localhost and an example application together. "fleet" is the Express
example as three processes over one Redis.

Usage: npm run demo -- [${exampleNames.join(' | ')}] [--once]

  --once       walk through everything as a browser would, print each step, and stop:
               exit code 0 when all was as it should be, 1 at the first step that was not
  -h, --help   this text
`

/** @throws Error that says what is wrong with the command line */
export function readArguments(args) {
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    allowPositionals: true,
    options: {
      once: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [example = 'express', ...more] = positionals
  if (!exampleNames.includes(example) || more.length > 0)
    throw new Error(`There is no example "${positionals.join(' ')}", only ${exampleNames.join(', ')}.`)
  return { example, ...values }
}
