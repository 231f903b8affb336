import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { Bundle } from './coverage.js'

const source = fileURLToPath(new URL('../../src/index.ts', import.meta.url))

/** The package as a page's bundler makes it: one minified module. */
export const bundlePackage = (): Promise<Bundle> => built(source)

/** A page's own code that imports the package. React stays as it is for development, so that it warns. */
export const bundle = async (entry: string): Promise<string> => (await built(entry)).code

async function built(entry: string): Promise<Bundle> {
  const outfile = `${entry}.js`
  const { outputFiles } = await build({
    entryPoints: [entry],
    outfile,
    sourcemap: 'external',
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    plugins: [packageFromSource],
  })
  const [map, code] = outputFiles
  return { code: code?.text ?? '', map: JSON.parse(map?.text ?? ''), url: pathToFileURL(outfile).href }
}

const packageFromSource: Plugin = {
  name: 'package from source',
  setup({ onResolve }) {
    onResolve({ filter: /^@tesouro-tokens\/browser$/ }, () => ({ path: source }))
  },
}
