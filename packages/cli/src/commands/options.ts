import type { Command } from 'commander'

/** What every command has. */
export interface CommonOptions {
  json?: boolean
}

/** What commands have that read the environment. */
export interface EnvironmentOptions extends CommonOptions {
  env?: string[]
}

/** What commands have that act for somebody. */
export interface UserOptions extends EnvironmentOptions {
  user?: string
  email?: string
  tenant?: string
  unsecured?: boolean
  subjectTokenFile?: string
}

export function withJson(command: Command): Command {
  return command.option('--json', 'prints one JSON document, for programs')
}

export function withEnvironment(command: Command): Command {
  return withJson(command).option(
    // Not --env-file: Node 20 takes that for itself, wherever it stands.
    '--env <file>',
    'a file with variables (several times: later files win); default: .env, if there is one. The environment wins over files',
    collect,
  )
}

export function withUser(command: Command): Command {
  return withEnvironment(command)
    .option('--user <id>', 'your own id of a user, as getUser returns it in sub')
    .option('--email <address>', "that user's verified e-mail address")
    .option('--tenant <name>', "that user's tenant, where you have several")
    .option('--unsecured', 'makes subject tokens without a signature, where onboarding has confirmed that')
    .option('--subject-token-file <path>', 'a file with a subject token of your own provider, for that user')
}

/** For options that may be given several times. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}
