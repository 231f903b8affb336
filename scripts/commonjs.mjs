// Run in a package's folder after tsc: writes dist/cjs beside the ES modules, for what cannot load those (Jest as it comes,
// TypeScript's node10 and CommonJS node16 resolution). `node scripts/commonjs.mjs [inlined package…]`: dependencies that are
// ES modules only, whose code and types have to come along. The others stay dependencies.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'

const inlined = process.argv.slice(2)
const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'))
const external = Object.keys({ ...dependencies, ...peerDependencies }).filter(
  (name) => !inlined.includes(name),
)

const { metafile, warnings } = await build({
  entryPoints: ['dist/index.js'],
  outdir: 'dist/cjs',
  bundle: true,
  metafile: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // Jest has no import() of its own.
  supported: { 'dynamic-import': false },
  // For createRequire(), which takes a path as well.
  define: { 'import.meta.url': '__filename' },
  external: external.flatMap((name) => [name, `${name}/*`]),
})
if (warnings.length > 0) process.exitCode = 1 // esbuild has printed them
// Comments and stack traces name the packages, and not where this workspace keeps them.
const bundle = readFileSync('dist/cjs/index.js', 'utf8')
writeFileSync(
  'dist/cjs/index.js',
  bundle.replace(/(\.\.\/)*node_modules\/\.pnpm\/[^/]+\/node_modules\//g, 'node_modules/'),
)
if (existsSync('dist/browser.js')) {
  await build({ entryPoints: ['dist/browser.js'], outdir: 'dist/cjs', format: 'cjs', target: 'node20' })
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n')
copyDeclarations('index.d.ts', new Set())
writeLicenses(Object.keys(metafile.inputs))

/** Copies a declaration file and all that it stands on. */
function copyDeclarations(file, copied) {
  if (copied.has(file)) return
  copied.add(file)
  const text = readFileSync(join('dist', file), 'utf8').replace(/(?<=from ')[^']+(?=')/g, (specifier) => {
    if (!inlined.includes(specifier)) return specifier
    copyFileSync(typesOf(specifier), `dist/cjs/${specifier}.d.ts`)
    return relative(dirname(file), specifier)
      .replace(/^(?!\.)/, './')
      .concat('.js')
  })
  for (const [specifier] of text.matchAll(/(?<=from '|import\(["'])\.{1,2}\/[^'"]+(?=['"])/g)) {
    const target = join(dirname(file), specifier).replace(/\.js$/, '.d.ts')
    if (existsSync(join('dist', target))) copyDeclarations(target, copied)
  }
  mkdirSync(dirname(join('dist/cjs', file)), { recursive: true })
  writeFileSync(join('dist/cjs', file), text)
}

/** The one file in which jose declares what ours mention. */
function typesOf(name) {
  const manifest = createRequire(join(process.cwd(), 'package.json')).resolve(`${name}/package.json`)
  return join(dirname(manifest), 'dist/types/types.d.ts')
}

/** Whoever passes on the code of others passes on their licenses. */
function writeLicenses(inputs) {
  const folders = new Set(inputs.map((input) => /.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0]))
  folders.delete(undefined)
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? `License: ${license}` : readFileSync(join(folder, file), 'utf8').trim()
    return `${name} ${version}\n\n${text}\n`
  })
  if (texts.length > 0) writeFileSync('dist/cjs/LICENSES.txt', texts.join(`\n${'-'.repeat(80)}\n\n`))
}
