// Colours for people at a terminal; plain text for files, pipes and NO_COLOR (https://no-color.org).
import type { Paper } from './folded.js'

const isTerminal = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
const coloured = isTerminal && !process.env.NO_COLOR
const paint =
  (code: number) =>
  (text: string): string =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text

export const bold: (text: string) => string = paint(1)
export const dim: (text: string) => string = paint(2)
export const red: (text: string) => string = paint(31)
export const green: (text: string) => string = paint(32)
export const yellow: (text: string) => string = paint(33)
export const cyan: (text: string) => string = paint(36)

export function say(line = ''): void {
  process.stdout.write(`${line}\n`)
}

let counting = false

/** At a terminal the count stands in the last line and is overwritten; elsewhere it is not told. */
export const paper: Paper = {
  line(text) {
    if (counting) process.stdout.write('\n')
    counting = false
    say(text)
  },
  more(count) {
    if (!isTerminal) return
    process.stdout.write(`\r${dim(`          ↻ ${count} more like these, until something changes`)}`)
    counting = true
  },
}
