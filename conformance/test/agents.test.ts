import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readTracked, repository } from '../src/markdown.js'

const adapters = ['express', 'nestjs', 'next']

test.each(adapters)('the summary of %s names a file or a name that the package does not have', (name) => {
  const text = readTracked(`packages/${name}/llms.txt`)
  expect(text.startsWith(`# @tesouro-tokens/${name}\n\n> `)).toBe(true)
  const files = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, file = '']) => file)
  expect(files).toHaveLength(3)
  const built = (file: string): string => file.replace(/^dist\/(.*)\.d\.ts$/, 'src/$1.ts')
  expect(files.filter((file) => !existsSync(join(repository, 'packages', name, built(file))))).toEqual([])
  const called = [...text.matchAll(/`([a-zA-Z]+)[.(]/g)].map(([, word = '']) => word)
  const known = [readTracked(`packages/${name}/src/index.ts`), 'tokens startSandbox'].join(' ')
  expect(called.filter((word) => !new RegExp(`\\b${word}\\b`).test(known))).toEqual([])
})

test.each(adapters)('the skill of %s cannot be found by its name, or is for another package', (name) => {
  const text = readTracked(`packages/${name}/skills/add-widget-tokens/SKILL.md`)
  const [, head = ''] = /^---\n([\s\S]*?)\n---\n/.exec(text) ?? []
  expect(head).toMatch(/^name: add-widget-tokens$/m)
  const [, description = ''] = /^description: (.+)$/m.exec(head) ?? []
  expect(description).toContain(`@tesouro-tokens/${name}`)
  expect(description.length).toBeLessThanOrEqual(1024)
})

test('the rules for agents name a command or a file that is gone', () => {
  const text = readTracked('AGENTS.md')
  const { scripts } = JSON.parse(readTracked('package.json')) as { scripts: Record<string, string> }
  const commands = [...text.matchAll(/\bnpm (?:run )?(check|test)\b|run (docs:api)\b/g)].map(
    (found) => `${found[1] ?? found[2]}`,
  )
  expect(commands.length).toBeGreaterThan(3)
  expect(commands.filter((command) => !(command in scripts))).toEqual([])
  const files = [...text.matchAll(/`((?:docs|conformance|packages)\/[\w./-]+)`/g)].map(
    ([, file = '']) => file,
  )
  expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([])
})
