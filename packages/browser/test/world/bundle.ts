import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const source = fileURLToPath(new URL('../../src/index.ts', import.meta.url))

/** The package as a page's bundler makes it: one minified module. */
export const bundlePackage = (): Promise<string> => bundle(source)

/** A page's own code that imports the package. React stays as it is for development, so that it warns. */
export async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    plugins: [packageFromSource],
  })
  return outputFiles[0]?.text ?? ''
}

const packageFromSource: Plugin = {
  name: 'package from source',
  setup({ onResolve }) {
    onResolve({ filter: /^@tesouro-tokens\/browser$/ }, () => ({ path: source }))
  },
}
