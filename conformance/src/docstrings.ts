import { readTracked } from './markdown.js'

/** The docstrings of an interface's members, on one line each. */
export function docstringsOf(file: string, name: string): Map<string, { text: string; optional: boolean }> {
  const head = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm')
  const body = head.exec(readTracked(file))?.[1] ?? ''
  const members = body.matchAll(/^ {2}\/\*\*([\s\S]*?)\*\/\n {2}(\w+)(\??)[:(<]/gm)
  return new Map(
    [...members].map(([, text = '', member = '', mark]) => [
      member,
      { text: text.replace(/\s*\n\s*\*/g, '').trim(), optional: mark === '?' },
    ]),
  )
}
