// Starts the explorer from its sources, which Node alone cannot.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = import.meta.dirname
const outdir = join(here, '../../node_modules/.cache/races')
await mkdir(outdir, { recursive: true })
const outfile = join(outdir, 'planted-bg.mjs')
await build({
  entryPoints: [join(here, 'planted/main.ts')],
  bundle: true,
  outfile,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  define: { 'import.meta.dirname': JSON.stringify(here) },
  logLevel: 'warning',
})
await import(pathToFileURL(outfile).href)
