import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { transform } from 'esbuild'
import { readTracked } from '../../src/markdown.js'
import { buildNext, startNext } from '../../src/next-application.js'
import type { Program } from './program.js'

/** The files of an application that a page prints: blocks that begin with `// path`. */
export function printedFiles(page: string): Record<string, string> {
  const blocks = readTracked(page).matchAll(
    /^```tsx?\n\/\/ ((?:app|lib|pages)\/\S+|instrumentation\.ts)\n([\s\S]*?)^```$/gm,
  )
  return Object.fromEntries([...blocks].map(([, path = '', code = '']) => [path, code]))
}

const layout = `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>
}`

/** Builds an application below a folder that has node_modules, with nothing in the environment, and starts it. */
export async function startNextProgram(options: {
  folder: string
  name: string
  files: { readonly [path: string]: string }
  env: { readonly [name: string]: string }
}): Promise<Program> {
  const folder = join(options.folder, options.name)
  for (const [path, code] of Object.entries({ 'app/layout.tsx': layout, ...options.files })) {
    const { code: javascript } = await transform(code, { loader: 'tsx', jsx: 'automatic', target: 'node20' })
    const file = join(folder, path.replace(/tsx?$/, 'js'))
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, javascript)
  }
  // as create-next-app leaves it
  await writeFile(join(folder, 'package.json'), '{ "name": "app" }')
  await writeFile(join(folder, 'jsconfig.json'), '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }')

  const { ok, output } = await buildNext(folder)
  if (!ok) throw new Error(`next build failed with an empty environment:\n${output}`)
  const { origin, close } = await startNext(folder, options.env)
  return { address: origin, [Symbol.asyncDispose]: close }
}
