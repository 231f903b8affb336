import type { Command } from 'commander'
import { readEnvironment } from '../environment/environment.js'
import type { Session } from '../session.js'
import { printable } from '../terminal/printable.js'
import { openWidgetToken } from '../tokens/compact-token.js'
import { subjectTokenOf, tokensFromEnvironment } from '../tokens/tokens-from-environment.js'
import { userOf } from '../tokens/user-of.js'
import { type UserOptions, withUser } from './options.js'

/** Mints one widget token from the environment. */
export function addMint(program: Command, session: Session): void {
  withUser(program.command('mint'))
    .description('mints a widget token for a user; nothing is sent to the platform')
    .option('--print-token', 'prints the token itself, and nothing else')
    .action(async (given: UserOptions & { printToken?: boolean }) => {
      const { terminal, secrets } = session
      const user = userOf(given)
      const environment = readEnvironment(terminal, secrets, given.env)
      const subjectToken = subjectTokenOf(given, terminal, secrets)
      const tokens = tokensFromEnvironment(environment, terminal, { ...(subjectToken && { subjectToken }) })
      const output = session.output(given.json)
      try {
        const { widgetToken, exp } = await tokens.mintWidgetToken(user)
        if (given.printToken) return print(output, given, widgetToken, exp)
        secrets.add('widget token', widgetToken)
        const opened = await openWidgetToken(widgetToken, environment.values.TESOURO_WIDGET_SECRET ?? '')
        const lives = exp - Math.floor(terminal.now() / 1_000)
        if (output.json)
          return output.document({
            command: 'mint',
            ok: true,
            exp,
            expiresIn: lives,
            characters: widgetToken.length,
          })
        output.line(
          `Minted a widget token for ${printable(user.sub)}: ${widgetToken.length} characters, good for ${lives} s.`,
        )
        output.line(
          `It opens with TESOURO_WIDGET_SECRET: ${'json' in opened ? 'yes' : 'no'}. --print-token prints the token itself.`,
        )
      } finally {
        await tokens.close()
      }
    })
}

function print(
  output: ReturnType<Session['output']>,
  { json }: UserOptions,
  widgetToken: string,
  exp: number,
): void {
  output.raw(json ? JSON.stringify({ command: 'mint', ok: true, widgetToken, exp }) : widgetToken)
}
