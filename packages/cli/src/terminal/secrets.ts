/** Shorter values are everyday words: hiding them would hide half of the output. */
const shortest = 6

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
