import { Output } from './terminal/output.js'
import { Secrets } from './terminal/secrets.js'
import type { Terminal } from './terminal/terminal.js'

/** One run of the program: where it runs, what it must not show, and how it went. */
export class Session {
  readonly terminal: Terminal
  readonly secrets: Secrets = new Secrets()
  /** `false`: something is wrong, and the exit code is 1. */
  ok = true

  constructor(terminal: Terminal) {
    this.terminal = terminal
  }

  output(json: boolean | undefined): Output {
    return new Output(this.terminal, this.secrets, json === true)
  }
}
