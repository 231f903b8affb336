import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const contributing = join(import.meta.dirname, '../../../../CONTRIBUTING.md')

/** Puts text between the marks of that name in CONTRIBUTING.md. */
export async function writeSection(name: string, text: string): Promise<void> {
  const page = await readFile(contributing, 'utf8')
  const [before, rest] = page.split(`<!-- ${name} -->`)
  const [, after] = (rest ?? '').split(`<!-- /${name} -->`)
  if (before === undefined || after === undefined) throw new Error(`CONTRIBUTING.md has no place for ${name}`)
  await writeFile(contributing, `${before}<!-- ${name} -->\n\n${text}\n\n<!-- /${name} -->${after}`)
}
