import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { JWK } from 'jose'

/** Another implementation of JOSE, and the program that uses it. */
export interface Implementation {
  readonly name: string
  /** Debian's package. */
  readonly debian: string
  readonly command: string
  readonly program: string
  /** Arguments with which the command succeeds only where the implementation is installed. */
  readonly check: readonly string[]
}

/** What a program is asked to do. Keys as JWK; the widget token's is the widget secret. */
export interface Asked {
  widgetKey: JWK
  signingKey: JWK
  /** Widget tokens to open. */
  open: readonly string[]
  /** Widget tokens to make: what is sealed, and the claims of the subject token in it. */
  make: readonly { payload: object; claims: object }[]
}

// Debian's Python: another one that stands before it on the path has none of Debian's packages.
const python = '/usr/bin/python3'

export const implementations: readonly Implementation[] = [
  {
    name: 'jwcrypto',
    debian: 'python3-jwcrypto',
    command: python,
    program: 'with-jwcrypto.py',
    check: ['-c', 'import jwcrypto.jwe'],
  },
  {
    name: 'Authlib',
    debian: 'python3-authlib',
    command: python,
    program: 'with-authlib.py',
    check: ['-c', 'import authlib.jose'],
  },
  {
    name: 'Crypt::JWT',
    debian: 'libcrypt-jwt-perl',
    command: 'perl',
    program: 'with-crypt-jwt.pl',
    check: ['-MCrypt::JWT', '-e', '1'],
  },
  {
    name: 'the command line jose',
    debian: 'jose',
    command: 'sh',
    program: 'with-jose.sh',
    check: ['-c', 'command -v jose'],
  },
]

/** Whether an implementation is not installed. @throws Error where all have to be there */
export function isMissing({ name, debian, command, check }: Implementation): boolean {
  if (spawnSync(command, check, { stdio: 'ignore' }).status === 0) return false
  const why = `${name} is not installed (Debian: ${debian})`
  if (process.env.REQUIRE_OTHER_JOSE === '1') throw new Error(why)
  process.stderr.write(`\n*** SKIPPED, tokens were not exchanged with another implementation: ${why} ***\n\n`)
  return true
}

/** Has a program do all that it is asked, in one process. */
export async function ask({ name, command, program }: Implementation, asked: Asked): Promise<unknown[]> {
  const file = join(import.meta.dirname, '../programs', program)
  const child = spawn(command, [file], { stdio: 'pipe' })
  const printed: Buffer[] = []
  const told: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => printed.push(part))
  child.stderr.on('data', (part: Buffer) => told.push(part))
  child.stdin.end(JSON.stringify(asked))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${Buffer.concat(told)}`)
  return answers(Buffer.concat(printed).toString())
}

/** One list, or a value on each line. */
function answers(printed: string): unknown[] {
  if (printed.startsWith('[')) return JSON.parse(printed)
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}
