// Runs the pinned pnpm: the one that started this process, if it was pnpm, else through npx as `npm test` does.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** @returns {string} what it printed; throws, with both outputs in the message, when it fails */
export function pnpm(args, { cwd }) {
  const started = process.env.npm_execpath ?? ''
  const isPnpm = /^pnpm\.(c|m)?js$/.test(basename(started))
  const [command, ...first] = isPnpm
    ? [process.execPath, started]
    : [process.platform === 'win32' ? 'npx.cmd' : 'npx', '--yes', '--prefer-offline', packageManager]
  try {
    return execFileSync(command, [...first, ...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command.endsWith('.cmd'),
    })
  } catch (error) {
    throw new Error(`pnpm ${args.join(' ')} failed in ${cwd}:\n${error.stdout ?? ''}${error.stderr ?? error}`)
  }
}
