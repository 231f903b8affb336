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

const options = {
  once: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
}

/** @throws Error that says what is wrong with the command line */
export function readArguments(args) {
  // Not strict, because Node's own words for a mistake do not name what was meant.
  const { values, positionals, tokens } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    allowPositionals: true,
    strict: false,
    tokens: true,
    options,
  })
  for (const { kind, name, rawName, value } of tokens)
    if (kind === 'option' && (!Object.hasOwn(options, name) || value !== undefined))
      throw new Error(
        `There is no option "${rawName}${value === undefined ? '' : `=${value}`}"${meant(name)}`,
      )
  const [example = 'express', ...more] = positionals
  if (!exampleNames.includes(example) || more.length > 0)
    throw new Error(`There is no example "${positionals.join(' ')}", only ${exampleNames.join(', ')}.`)
  return { example, ...values }
}

/** The option whose name has the same letters, or begins alike. */
function meant(name) {
  const letters = (text) => [...text.toLowerCase()].sort().join('')
  const near = Object.keys(options).find(
    (option) => letters(option) === letters(name) || (name.length > 1 && option.startsWith(name.slice(0, 2))),
  )
  return near === undefined ? '.' : `: did you mean "--${near}"?`
}
