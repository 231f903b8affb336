import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

/** The application's own, which nobody is to copy. */
const standIns = ['lib/session.ts', 'lib/session-of-request.ts', 'app/widget.tsx']

test('the README and the files that are compiled drift apart', async () => {
  const entries = await readdir(new URL('quick-start', import.meta.url), { recursive: true })
  const files = entries.filter((path) => /\.tsx?$/.test(path) && !standIns.includes(path))
  expect(files).toHaveLength(8)
  const readme = await read('../README.md')
  for (const path of files) {
    const code = await read(`quick-start/${path}`)
    expect(readme, path).toContain(`\`\`\`${path.replace(/.*\./, '')}\n// ${path}\n${code}\`\`\``)
  }
})
