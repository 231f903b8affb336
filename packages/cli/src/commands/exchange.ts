import type { Command } from 'commander'
import { readEnvironment } from '../environment/environment.js'
import type { Session } from '../session.js'
import { printable } from '../terminal/printable.js'
import { readCompact } from '../tokens/compact-token.js'
import { subjectTokenOf, tokensFromEnvironment } from '../tokens/tokens-from-environment.js'
import { userOf } from '../tokens/user-of.js'
import { type UserOptions, withUser } from './options.js'

/** Makes one token exchange from the environment. */
export function addExchange(program: Command, session: Session): void {
  withUser(program.command('exchange'))
    .description("exchanges a subject token for a user's access token, as your backend does")
    .option('--app', "gets the application's own token instead (client credentials)")
    .option('--print-token', 'prints the token itself, and nothing else')
    .action(async (given: UserOptions & { app?: boolean; printToken?: boolean }) => {
      const { terminal, secrets } = session
      const user = given.app ? undefined : userOf(given)
      const environment = readEnvironment(terminal, secrets, given.env)
      const subjectToken = subjectTokenOf(given.app ? { unsecured: true } : given, terminal, secrets)
      const tokens = tokensFromEnvironment(environment, terminal, { ...(subjectToken && { subjectToken }) })
      const output = session.output(given.json)
      try {
        const { accessToken, expiresAt } = await (user === undefined
          ? tokens.getAppAccessToken()
          : tokens.getUserAccessToken(user))
        const exp = expiresAt === undefined ? undefined : Math.floor(expiresAt / 1_000)
        if (given.printToken)
          return output.raw(
            given.json ? JSON.stringify({ command: 'exchange', ok: true, accessToken, exp }) : accessToken,
          )
        secrets.add('access token', accessToken)
        const expiresIn = exp === undefined ? undefined : exp - Math.floor(terminal.now() / 1_000)
        const form = readCompact(accessToken).kind === 'jws' ? 'a JWT' : 'opaque'
        if (output.json)
          return output.document({
            command: 'exchange',
            ok: true,
            form,
            exp,
            expiresIn,
            characters: accessToken.length,
          })
        const life =
          expiresIn === undefined ? 'for how long the platform did not say' : `good for ${expiresIn} s`
        output.line(
          `The platform gave an access token for ${user === undefined ? 'the application' : printable(user.sub)}: ${form}, ${life}.`,
        )
        output.line('--print-token prints the token itself.')
      } finally {
        await tokens.close()
      }
    })
}
