import { printable } from './printable.js'

/** Shorter values are everyday words: hiding them would hide half of the output. */
const shortest = 6

/** A run this long that a text and a secret have in common is no accident. */
const telling = 8

/**
 * The last line of defence: every text that a command writes passes through here, and nothing of a known secret comes
 * out. Commands never write one on purpose; an answer of a server or the message of a library may.
 */
export class Secrets {
  readonly #values = new Map<string, string>()

  /**
   * Hides a value from now on, also percent-encoded, in base64 and base64url.
   *
   * @param name what is written in its place
   */
  add(name: string, value: string | undefined): void {
    if (value === undefined || value.length < shortest) return
    for (const form of formsOf(value)) this.#values.set(form, name)
    // A key or a header is often shown again line by line, or without its quotes.
    for (const line of value.split(/\r?\n|\\n/)) if (line.length >= 24) this.#values.set(line.trim(), name)
  }

  /**
   * What a server or a token says, on one line and cut where it becomes long. A text that has a run of characters
   * in common with a secret is left out: a part of a secret is a leak too, and after the cut it could no longer be
   * found.
   */
  foreign(text: string, longest = 160): string {
    const bare = letters(text)
    for (const value of this.#values.keys()) {
      const secret = letters(value)
      for (let start = 0; start + telling <= secret.length; start += 1) {
        if (bare.includes(secret.slice(start, start + telling))) return '[hidden]'
      }
    }
    return printable(this.hide(text), longest)
  }

  /** The text with every known secret replaced by its name. */
  hide(text: string): string {
    let hidden = text
    const longestFirst = [...this.#values].sort(([one], [other]) => other.length - one.length)
    for (const [value, name] of longestFirst) {
      if (hidden.includes(value)) hidden = hidden.replaceAll(value, `[${name}]`)
    }
    return hidden
  }
}

/** Letters and digits alone: with separators gone, base64 and base64url are the same. */
const letters = (text: string): string =>
  text
    .slice(0, 20_000)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  const json = JSON.stringify(value).slice(1, -1)
  return [
    value,
    json,
    encodeURIComponent(bytes.toString()),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ]
}
