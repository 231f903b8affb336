/** One assignment of a .env file with all of its lines, or one other line; line ends included. */
interface Entry {
  name: string | undefined
  text: string
}

/** `NAME='value'`, as shells, dotenv and Node's `--env-file` read it. */
export function assignment(name: string, value: string): string {
  return `${name}='${value}'`
}

/** What is set in the text of a .env file; of a name that stands there twice, the last value. */
export function readEnvText(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const { name, text: raw } of entriesOf(text)) if (name !== undefined) values.set(name, textOf(raw))
  return values
}

/**
 * Puts variables into the text of a .env file: each in place of the line that set it, else at the end. All other
 * lines, comments and line ends stay as they are; those of `retired` names become comments.
 */
export function updateEnvText(
  text: string,
  variables: Readonly<Record<string, string>>,
  retired: readonly string[] = [],
): string {
  const lineEnd = /\r\n/.test(text) ? '\r\n' : '\n'
  const written = new Set<string>()
  const line = (name: string): string => {
    written.add(name)
    return assignment(name, variables[name] ?? '') + lineEnd
  }
  const kept = entriesOf(text).map(({ name, text: raw }) => {
    if (name === undefined) return raw
    if (retired.includes(name)) return raw.replace(/(^|\n)(?=[^\n])/g, '$1# ')
    if (!Object.hasOwn(variables, name)) return raw
    if (written.has(name)) return ''
    return (/^\s*export\s/.test(raw) ? 'export ' : '') + line(name)
  })
  const body = kept.join('')
  const missing = Object.keys(variables).filter((name) => !written.has(name))
  const end = body === '' || body === '\uFEFF' || body.endsWith('\n') || missing.length === 0 ? '' : lineEnd
  return body + end + missing.map(line).join('')
}

/** A name and what follows it up to the value. */
const start = /^\uFEFF?[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/
/** A value in quotes with nothing but a comment behind it; a backslash may stand before a quote, as dotenv has it. */
const quoted = /^(['"`])(?:\\\1|(?!\1)[\s\S])*\1[ \t]*(?:#[^\n]*)?\r?(?:\n|$)/
/** A value in quotes as Node has it: the next quote ends it, and the rest of that line counts for nothing. */
const quotedWithRest = /^(['"`])(?:(?!\1)[\s\S])*\1[^\n]*\n?/
const lineOf = /^[^\n]*\n?/

/** A quoted value may go over several lines, and what looks like a variable there is none. */
function entriesOf(text: string): Entry[] {
  const entries: Entry[] = []
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at)
    const assigned = start.exec(rest)
    const before = assigned?.[0] ?? ''
    const value = rest.slice(before.length)
    const raw =
      before + (assigned === null ? firstOf(value, lineOf) : firstOf(value, quoted, quotedWithRest, lineOf))
    entries.push({ name: assigned?.[1], text: raw })
    at += raw.length
  }
  return entries
}

/** What the first pattern that fits finds. */
function firstOf(text: string, ...patterns: readonly RegExp[]): string {
  for (const pattern of patterns) {
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) return found
  }
  return text
}

function textOf(raw: string): string {
  const value = raw.slice(raw.indexOf('=') + 1).trim()
  const quoted = /^(['"`])([\s\S]*?)\1/.exec(value)
  return (
    quoted?.[2] ??
    value
      .replace(/\s+#.*$/, '')
      .replace(/^#.*$/, '')
      .trim()
  )
}
