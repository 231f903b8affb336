import type { Command } from 'commander'
import { doctor } from '../doctor/doctor.js'
import { type EndpointArguments, endpointOptionsOf } from '../doctor/endpoint/options.js'
import { readEnvironment } from '../environment/environment.js'
import type { Session } from '../session.js'
import { subjectTokenOf } from '../tokens/tokens-from-environment.js'
import { collect, type UserOptions, withUser } from './options.js'

/** Looks at everything that people get wrong in their first hour. */
export function addDoctor(program: Command, session: Session): void {
  withUser(program.command('doctor'))
    .description('looks at options, keys, address, clock, credentials, tokens, Redis, and your own endpoint')
    .option(
      '--endpoint <url>',
      'your running widget token endpoint, which is asked as your page and as an attacker would',
    )
    .option('--cookie <cookie>', 'the Cookie header of a user who is signed in there')
    .option(
      '--header <name: value>',
      'another header of a user who is signed in there (several times)',
      collect,
    )
    .option('--origin <origin>', "the origin of the page with the widget; default: the endpoint's own")
    .option('--yes-it-is-mine', 'tries an endpoint that is not on this machine')
    .action(async (given: UserOptions & EndpointArguments) => {
      const { terminal, secrets } = session
      const environment = readEnvironment(terminal, secrets, given.env)
      const endpoint = endpointOptionsOf(given, secrets)
      const { user, email, tenant, unsecured, subjectTokenFile } = given
      const subjectToken = subjectTokenOf(given, terminal, secrets)
      const ok = await doctor({
        environment,
        terminal,
        secrets,
        output: session.output(given.json),
        options: { user, email, tenant, unsecured, subjectTokenFile, subjectToken, endpoint },
      })
      session.exitCode = ok ? 0 : 1
    })
}
