import { expect, test } from 'vitest'
import { readTracked } from '../src/markdown.js'

test('the Vitest recipe that is printed is not the one that runs here', () => {
  const recipe = readTracked('conformance/test/vitest-recipe.test.ts')
  const printed = readTracked('docs/testing-your-code.md')
  expect(printed.includes(`\`\`\`ts\n${recipe}\`\`\`\n`)).toBe(true)
})
