import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { codeOf } from '../code-of.js'
import { nearest } from '../terminal/nearest.js'
import { printable } from '../terminal/printable.js'
import { UsageError } from '../terminal/usage-error.js'

const largestBytes = 1_024 * 1_024

/** A `.env` file as Node reads it (`node --env-file`), and what Node would read otherwise than it is written. */
export interface EnvFile {
  /** The path as the user knows it. */
  path: string
  values: { readonly [name: string]: string | undefined }
  /** What is probably not meant as it is written, by variable; no value is repeated. */
  notes: readonly { name: string; line: number; text: string }[]
}

/** @throws UsageError when there is no such file, or none that can be read */
export function readEnvFile(path: string, cwd: string): EnvFile {
  const bytes = bytesOf(path, cwd)
  if (bytes.includes(0)) {
    throw new UsageError(`${printable(path)} is no text in UTF-8 (it holds NUL bytes): save it as UTF-8`)
  }
  const text = bytes.toString('utf8')
  // Node takes a byte order mark for a part of the first name.
  return { path, values: { ...parseEnv(text.replace(/^\ufeff/, '')) }, notes: [...notesOf(text)] }
}

/** Whether there is a file of that name. */
export function isFile(path: string, cwd: string): boolean {
  return statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isFile() === true
}

function bytesOf(path: string, cwd: string): Buffer {
  const full = resolve(cwd, path)
  const found = statOf(full)
  if (found === undefined) throw new UsageError(`${printable(path)}: there is no such file${near(full)}`)
  if (!found.isFile()) throw new UsageError(`${printable(path)} is no file`)
  if (found.size > largestBytes) {
    throw new UsageError(
      `${printable(path)} has ${found.size.toLocaleString('en')} bytes: a .env file of at most 1 MiB is read`,
    )
  }
  try {
    return readFileSync(full)
  } catch (error) {
    throw new UsageError(`${printable(path)} cannot be read (${codeOf(error)})`)
  }
}

function statOf(full: string): ReturnType<typeof statSync> {
  try {
    return statSync(full, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** The file that is probably meant, from the same folder. */
function near(full: string): string {
  try {
    const names = readdirSync(dirname(full)).filter(
      (name) => name.startsWith('.env') || name.endsWith('.env'),
    )
    const meant = nearest(basename(full), names) ?? names[0]
    return meant === undefined ? '' : `; there is ${printable(meant)}`
  } catch {
    return '; there is no such folder either'
  }
}

function* notesOf(text: string): Generator<EnvFile['notes'][number]> {
  if (text.startsWith('\ufeff')) {
    yield {
      name: '',
      line: 1,
      text: 'the file begins with a byte order mark, which Node takes for a part of the first name',
    }
  }
  const seen = new Map<string, number>()
  for (const { name, raw, line } of assignmentsOf(text)) {
    const before = seen.get(name)
    if (before !== undefined)
      yield { name, line, text: `${name} stands on line ${before} too: the last one counts` }
    seen.set(name, line)
    if (/^[^"'`#]*[^\s"'`#]#/.test(raw)) {
      yield { name, line, text: `${name} is cut at its #, which begins a comment: put the value in quotes` }
    }
    const quote = /^["'`]/.exec(raw)?.[0]
    if (quote !== undefined && !raw.slice(1).includes(quote)) {
      yield { name, line, text: `${name} begins with a quote that never ends` }
    }
    if (/^[“”‘’«]/.test(raw)) {
      yield {
        name,
        line,
        text: `${name} is in typographic quotes, which become a part of it: type plain ones`,
      }
    }
  }
}

/** A value that has not ended after so many lines never does. */
const longestValue = 200

/** Every line that sets a variable; lines of a value in several lines belong to the first. */
function* assignmentsOf(text: string): Generator<{ name: string; raw: string; line: number }> {
  const lines = text.split(/\r?\n/)
  for (let index = 0; index < lines.length; index += 1) {
    const [, name, rest = ''] = /^\s*(?:export\s+)?([\w.-]+)\s*=(.*)$/.exec(lines[index] ?? '') ?? []
    if (name === undefined) continue
    const line = index + 1
    const raw = rest.trim()
    const quote = /^["'`]/.exec(raw)?.[0]
    const end = quote === undefined || raw.slice(1).includes(quote) ? undefined : endOf(lines, index, quote)
    yield { name, raw: end === undefined ? raw : [raw, ...lines.slice(line, end + 1)].join('\n'), line }
    index = end ?? index
  }
}

/** The line on which a value in quotes ends; none where another assignment comes first. */
function endOf(lines: readonly string[], start: number, quote: string): number | undefined {
  for (const [index, line] of lines.slice(start + 1, start + longestValue).entries()) {
    if (/^\s*(?:export\s+)?\w+\s*=/.test(line)) return undefined
    if (line.includes(quote)) return start + 1 + index
  }
  return undefined
}
