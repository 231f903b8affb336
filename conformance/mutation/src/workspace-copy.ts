import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { root } from './root.js'

/** Not in the system's temporary folder: Next.js builds nothing whose packages lie outside of its root. */
const folder = join(root, '.mutation')

/** Left out, because a lock file says where a workspace begins, and the installed packages lie above the copy. */
const leftOut = new Set(['pnpm-lock.yaml'])

/** A copy of the workspace, with what is built in it, in which one file at a time is changed. */
export class WorkspaceCopy {
  readonly path: string = join(folder, `${process.pid}`)

  constructor() {
    removeLeftovers()
    mkdirSync(this.path, { recursive: true })
    process.once('exit', () => this.remove())
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    })
    const files = listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
    for (const file of files) if (!leftOut.has(file)) this.#bring(file)
    symlinkSync(join(root, 'node_modules'), join(this.path, 'node_modules'))
    for (const manifest of files.filter((file) => basename(file) === 'package.json')) {
      const home = dirname(manifest)
      if (home === '.') continue
      for (const also of ['node_modules', 'dist']) this.#bring(join(home, also))
    }
  }

  /** Runs something while a file is changed. @throws Error when the text does not stand in the file exactly once */
  async changed<Result>(
    { file, before, after }: { file: string; before: string; after: string },
    work: () => Promise<Result>,
  ): Promise<Result> {
    const path = join(this.path, file)
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, changedText(file, text, { before, after }))
    try {
      return await work()
    } finally {
      writeFileSync(path, text)
    }
  }

  /** Has a folder as it was in the beginning. */
  restore(path: string): void {
    rmSync(join(this.path, path), { recursive: true, force: true })
    this.#bring(path)
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 })
  }

  #bring(path: string): void {
    const from = join(root, path)
    if (!existsSync(from)) return
    // Other tests may be putting caches and applications (`.app-…`) there now, and taking them away.
    const isWanted = (source: string): boolean => !/^\.(cache|vite|vite-temp|app-.*)$/.test(basename(source))
    cpSync(from, resolve(this.path, path), { recursive: true, verbatimSymlinks: true, filter: isWanted })
  }
}

/** Copies of runs that were killed. */
function removeLeftovers(): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder).filter((pid) => !isRunning(Number(pid)))) {
    rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A text with one place changed. */
export function changedText(
  file: string,
  text: string,
  { before, after }: { before: string; after: string },
): string {
  const parts = text.split(before)
  if (parts.length === 2) return parts.join(after)
  throw new Error(`what is to be changed stands at ${parts.length - 1} places of ${file}: ${before}`)
}
