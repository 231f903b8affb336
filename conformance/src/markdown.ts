import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository: string = fileURLToPath(new URL('../..', import.meta.url))

/** A fenced block of TypeScript, and where it stands. */
export interface Block {
  readonly file: string
  /** Line of its first line of code, from 1. */
  readonly line: number
  readonly code: string
}

/** Files that git tracks, by patterns, as paths from the root. */
export function trackedFiles(...patterns: string[]): string[] {
  const list = execFileSync('git', ['ls-files', '-z', ...patterns], { cwd: repository, encoding: 'utf8' })
  return list.split('\0').filter(Boolean)
}

export function readTracked(file: string): string {
  return readFileSync(join(repository, file), 'utf8')
}

/** Every ```ts block of a file, or of another language: of a page, or of the comments of a TypeScript file. */
export function blocksOf(file: string, language = 'ts'): Block[] {
  const margin = file.endsWith('.md') ? '' : ' *\\* ?'
  const fence = new RegExp(`^${margin}\`\`\`${language}\\n([^]*?)^${margin}\`\`\`$`, 'gm')
  const text = readTracked(file)
  return [...text.matchAll(fence)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length + 1,
    code: (match[1] ?? '').replaceAll(new RegExp(`^${margin}`, 'gm'), ''),
  }))
}
