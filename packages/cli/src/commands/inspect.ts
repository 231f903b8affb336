import type { Command } from 'commander'
import { readEnvironment } from '../environment/environment.js'
import { type Inspection, inspectToken } from '../inspect/inspect.js'
import type { Session } from '../session.js'
import { sentence } from '../terminal/sentence.js'
import { UsageError } from '../terminal/usage-error.js'
import { type EnvironmentOptions, withEnvironment } from './options.js'

const longestToken = 64 * 1_024
const indent = 4

/** Shows what a token is, what stands in it, and what is wrong with it. */
export function addInspect(program: Command, session: Session): void {
  withEnvironment(program.command('inspect'))
    .argument(
      '[token]',
      'a widget token, a subject token or an access token; - or nothing: from the standard input, which keeps it out of the history of your shell',
    )
    .description('explains a token; a widget token is opened with TESOURO_WIDGET_SECRET. Nothing is sent')
    .action(async (given: string | undefined, { json, env }: EnvironmentOptions) => {
      const { terminal, secrets } = session
      const { values } = readEnvironment(terminal, secrets, env)
      const text = given === undefined || given === '-' ? await terminal.read() : given
      if (text.trim() === '')
        throw new UsageError('inspect needs a token, as an argument or on the standard input')
      if (text.length >= longestToken) throw new UsageError('inspect: that is longer than any token (64 KiB)')
      const inspection = await inspectToken(text, {
        now: terminal.now(),
        widgetSecret: values.TESOURO_WIDGET_SECRET,
        clientId: values.TESOURO_CLIENT_ID,
        show: (part, longest) => secrets.foreign(part, longest),
      })
      const ok = inspection.problems.length === 0
      session.exitCode = ok ? 0 : 1
      const output = session.output(json)
      if (output.json) output.document({ command: 'inspect', ok, ...inspection })
      else print(output, inspection)
    })
}

function print(
  output: ReturnType<Session['output']>,
  { kind, about, members, problems, notes }: Inspection,
): void {
  const { bold, cyan, dim, green, red, yellow } = output.colors
  output.line(
    kind === 'broken'
      ? `This is no token that can be read: ${about}.`
      : `${bold(`A ${kind}`.replace('A u', 'An u').replace('A e', 'An e').replace('A o', 'An o'))}: ${about}.`,
  )
  for (const { path, value, meaning } of members) {
    output.line()
    output.labelled(`  ${cyan(path)}  `, value, path.length + 4)
    output.labelled(' '.repeat(indent), dim(meaning), indent)
  }
  output.line()
  for (const problem of problems) output.labelled(` ${red('wrong')}  `, `${sentence(problem)}`, 8)
  for (const note of notes) output.labelled(` ${yellow('note')}   `, `${sentence(note)}`, 8)
  if (problems.length === 0)
    output.line(
      ` ${green('ok')}     Nothing is wrong with its form${members.length > 0 ? ' and its times' : ''}.`,
    )
}
