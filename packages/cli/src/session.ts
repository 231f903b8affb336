import { Output } from './terminal/output.js'
import { Secrets } from './terminal/secrets.js'
import type { Terminal } from './terminal/terminal.js'

/** 0: all is well. 1: something is wrong. 2: the command was used wrongly. */
export type ExitCode = 0 | 1 | 2

/** One run of the program: where it runs, what it must not show, and how it went. */
export class Session {
  readonly terminal: Terminal
  readonly secrets: Secrets = new Secrets()
  /** 0: all is well. 1: something is wrong. 2: the command was used wrongly. */
  exitCode: ExitCode = 0

  constructor(terminal: Terminal) {
    this.terminal = terminal
  }

  output(json: boolean | undefined): Output {
    return new Output(this.terminal, this.secrets, json === true)
  }
}
