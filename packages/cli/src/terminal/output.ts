import pc from 'picocolors'
import type { Secrets } from './secrets.js'
import type { Terminal } from './terminal.js'
import { wrap } from './wrap.js'

type Colors = ReturnType<typeof pc.createColors>

/** Writes what a command has to say, in text or as one JSON document. No secret passes. */
export class Output {
  readonly json: boolean
  readonly colors: Colors
  readonly #terminal: Terminal
  readonly #secrets: Secrets
  #progress = ''

  constructor(terminal: Terminal, secrets: Secrets, json: boolean) {
    this.#terminal = terminal
    this.#secrets = secrets
    this.json = json
    this.colors = pc.createColors(terminal.color && !json)
  }

  /** Width to which texts are broken. */
  get columns(): number {
    return Math.max(40, Math.min(this.#terminal.columns, 110))
  }

  /** One line. */
  line(text = ''): void {
    this.clearProgress()
    this.#terminal.out(`${this.#secrets.hide(text)}\n`)
  }

  /** A text of any length, indented from its second line on; `label` stands before the first. */
  labelled(label: string, text: string, indent: number): void {
    const lines = wrap(this.#secrets.hide(text), this.columns - indent)
    for (const [index, line] of lines.entries())
      this.line(`${index === 0 ? label : ' '.repeat(indent)}${line}`)
  }

  /** The command's answer for programs. */
  document(value: object): void {
    const hidden = (_name: string, member: unknown): unknown =>
      typeof member === 'string' ? this.#secrets.hide(member) : member
    this.#terminal.out(`${JSON.stringify(value, hidden, 2)}\n`)
  }

  /** The one thing that was asked for by name although it is secret, such as a token: written as it is. */
  raw(text: string): void {
    this.clearProgress()
    this.#terminal.out(`${text}\n`)
  }

  /** What is being done now; stands until the next line is written. Shown in a terminal only. */
  progress(text: string): void {
    if (this.json || !this.#terminal.progress) return
    this.clearProgress()
    this.#progress = this.#secrets.hide(text).slice(0, this.#terminal.columns - 1)
    this.#terminal.error(this.#progress)
  }

  clearProgress(): void {
    if (this.#progress === '') return
    this.#terminal.error(`\r${' '.repeat(this.#progress.length)}\r`)
    this.#progress = ''
  }
}
