// Runs a TypeScript program of a package's tests from its sources: node scripts/run-sources.mjs FILE [arguments]
import { mkdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const [, , entry] = process.argv
if (entry === undefined) throw new Error('which program is to run?')
process.argv.splice(2, 1)
const here = dirname(resolve(entry))
const [inPackage] = /^.*\/(?:packages|conformance)\/[^/]+/.exec(here.replaceAll('\\', '/')) ?? [here]
const outdir = join(inPackage, 'node_modules/.cache/run-sources')
await mkdir(outdir, { recursive: true })
const outfile = join(outdir, `${basename(here)}-${process.pid}.mjs`)
await build({
  entryPoints: [resolve(entry)],
  bundle: true,
  outfile,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@tesouro-tokens/source', 'node'],
  external: ['esbuild', 'vitest'],
  define: { 'import.meta.dirname': JSON.stringify(here) },
  banner: {
    js: "import { createRequire as from } from 'node:module'\nconst require = from(import.meta.url)",
  },
  logLevel: 'warning',
})
try {
  await import(pathToFileURL(outfile).href)
} finally {
  await rm(outfile)
}
