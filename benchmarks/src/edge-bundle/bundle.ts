import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** The size of a bundle, in bytes. */
export interface Bundle {
  minified: number
  gzipped: number
  /** Minified bytes of each package that is in it. */
  packages: Map<string, number>
}

/** Bundles one of the entries as a worker runtime's own tool would. */
export async function bundle(entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL(`entries/${entry}.js`, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
  })
  const packages = new Map<string, number>()
  for (const output of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = packageOf(file)
      packages.set(name, (packages.get(name) ?? 0) + bytesInOutput)
    }
  }
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles
  return { minified: contents.length, gzipped: gzipSync(contents, { level: 9 }).length, packages }
}

/** Dependencies lie in node_modules; packages of the workspace are bundled from where they lie. */
function packageOf(file: string): string {
  const [, installed] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? []
  return installed ?? /packages\/([^/]+)/.exec(file)?.[1] ?? 'benchmark'
}
