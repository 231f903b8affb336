import { help, readArguments } from '../arguments.mjs'
import { show } from './show.js'
import { red, say } from './terminal.js'
import { walkOnce } from './walk/walk.js'

try {
  const { example, once, help: wanted } = readArguments(process.argv.slice(2))
  if (wanted) say(help)
  else process.exitCode = await (once ? walkOnce(example) : show(example))
} catch (error) {
  say(red(`The demo could not start: ${error instanceof Error ? error.message : 'for an unknown reason'}`))
  process.exitCode = 1
}
