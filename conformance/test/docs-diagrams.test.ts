import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { runInThisContext } from 'node:vm'
import { expect, test } from 'vitest'
import { readTracked, trackedFiles } from '../src/markdown.js'

interface Mermaid {
  parse(diagram: string): Promise<{ diagramType: string }>
}

/** The bundle is a script for pages: it leaves its one name on the global object. */
function loadMermaid(): Mermaid {
  const bundle = createRequire(import.meta.url).resolve('@mermaid-js/tiny')
  runInThisContext(readFileSync(bundle, 'utf8'), { filename: bundle })
  return (globalThis as unknown as { mermaid: Mermaid }).mermaid
}

const mermaid = loadMermaid()
const diagrams = trackedFiles('*.md').flatMap((page) =>
  [...readTracked(page).matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].map(([, diagram = ''], index) => ({
    name: `${page}, diagram ${index + 1}`,
    diagram,
  })),
)

test('the README shows less than one diagram for each of the two flows', () => {
  expect(diagrams.filter(({ name }) => name.startsWith('README.md')).length).toBeGreaterThanOrEqual(2)
})

test.each(diagrams)('$name cannot be drawn', async ({ diagram }) => {
  expect(await mermaid.parse(diagram)).toMatchObject({ diagramType: 'sequence' })
})

test('this test would not notice a diagram with a mistake in it', async () => {
  await expect(mermaid.parse('sequenceDiagram\n  Page->>Backend POST')).rejects.toThrow()
})
