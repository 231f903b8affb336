import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const ownTypescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))

/** Compiles files below a folder that has node_modules, and gives what the compiler says: nothing, if it is content. */
export async function complaints(options: {
  /** The folder with node_modules. */
  folder: string
  /** Its new subfolder for the files. */
  name: string
  files: { readonly [name: string]: string }
  compilerOptions: { readonly [name: string]: unknown }
  /** What files are where their name does not say it; ES modules by default. */
  type?: 'commonjs' | 'module'
  /** The folder of another TypeScript than the workspace's. */
  typescript?: string
}): Promise<string> {
  const folder = join(options.folder, options.name)
  await mkdir(folder, { recursive: true })
  const compilerOptions = {
    target: 'ES2023',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    ...options.compilerOptions,
  }
  const files = Object.keys(options.files)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: options.type ?? 'module' }))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), options.files[file] ?? '')
  }
  const tsc = join(options.typescript ?? ownTypescript, 'bin/tsc')
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [tsc, '--pretty', 'false'], { cwd: folder }, (error, stdout, stderr) => {
      if (error === null) resolve('')
      else if (stdout === '') reject(new Error(`tsc could not be run: ${stderr || error.message}`))
      else resolve(stdout)
    })
  })
}
