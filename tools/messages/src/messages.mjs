import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vite'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const packages = ['core', 'express', 'next', 'nestjs', 'redis', 'sandbox', 'browser', 'opentelemetry', 'cli']

/** Scripts that Redis runs are no messages. */
const script = /redis\.call|\blocal \w+ ?=|\blocal function\b/

/**
 * Every message that the packages have for people, as it stands in the source: what errors, warnings, hints and answers
 * say. A literal of at least three words counts; what is put into it stands in braces.
 *
 * @returns {{ file: string, messages: string[] }[]} in the order of the sources
 */
function messagesOfPackages() {
  const found = []
  for (const name of packages) {
    const folder = `${repository}packages/${name}/src`
    for (const path of sourceFiles(folder)) {
      const file = `${name}/${path}`
      const messages = messagesIn(readFileSync(`${folder}/${path}`, 'utf8'))
      if (messages.length > 0) found.push({ file, messages })
    }
  }
  return found
}

/** The table as Markdown. */
export function messageTable() {
  const rows = messagesOfPackages().flatMap(({ file, messages }) => [
    '',
    `## ${file}`,
    '',
    ...messages.map((message) => `- ${message.replaceAll('\n', ' ⏎ ')}`),
  ])
  return [
    '# Every message',
    '',
    'Written from the sources by `npx pnpm@10 run messages`. A message says what was found, what is needed and where to look;',
    'what is put into it stands in braces. Read what has changed here before you commit it: somebody who has never seen the',
    'code reads it too.',
    ...rows,
    '',
  ].join('\n')
}

function sourceFiles(folder) {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map((path) => path.replaceAll('\\', '/'))
      .sort()
  } catch {
    return []
  }
}

function messagesIn(text) {
  const messages = []
  visit(parseAst(text, { lang: 'ts' }), text, messages)
  return [...new Set(messages)]
}

function visit(node, text, messages) {
  if (Array.isArray(node)) {
    for (const one of node) visit(one, text, messages)
    return
  }
  if (typeof node !== 'object' || node === null || typeof node.type !== 'string') return
  if (/^(Import|ExportAll|TS(?!AsExpression|SatisfiesExpression|NonNull))/.test(node.type)) return
  const message = textOf(node, text)
  if (message !== undefined) {
    if (isSentence(message)) messages.push(message.trim())
    // what stands inside of its braces may be a message of its own
    for (const part of expressionsIn(node)) visit(part, text, messages)
    return
  }
  for (const [name, member] of Object.entries(node)) if (name !== 'parent') visit(member, text, messages)
}

/** The text of a literal, of a template, or of several of them added up. */
function textOf(node, text) {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type === 'TemplateLiteral') {
    return node.quasis
      .map((quasi, index) => `${quasi.value.cooked}${nameOf(node.expressions[index], text)}`)
      .join('')
  }
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const sides = [node.left, node.right].map((side) => textOf(side, text) ?? nameOf(side, text))
    return [node.left, node.right].some((side) => textOf(side, text) !== undefined)
      ? sides.join('')
      : undefined
  }
  return undefined
}

function expressionsIn(node) {
  if (node.type === 'TemplateLiteral') return node.expressions
  if (node.type !== 'BinaryExpression') return []
  return [node.left, node.right].flatMap((side) =>
    ['Literal', 'TemplateLiteral', 'BinaryExpression'].includes(side.type) ? expressionsIn(side) : [side],
  )
}

/** What is put into a text, by its own name where it has one. */
function nameOf(node, text) {
  if (node === undefined) return ''
  const source = text.slice(node.start, node.end)
  return /^[\w.]{1,40}$/.test(source) ? `{${source}}` : '{…}'
}

/** At least three words of letters: neither a name, nor a path, nor a header. */
function isSentence(message) {
  if (script.test(message)) return false
  const words = message.split(/[\s:,.;()]+/).filter((word) => /^[\p{L}'’]{2,}$/u.test(word))
  return words.length >= 3 && /[\p{L}]{2,}.*\s.*[\p{L}]{2,}/su.test(message)
}
