import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type DoctorReport, type ExitCode, runCli, type Terminal } from '@tesouro-tokens/cli'
import { onTestFinished } from 'vitest'

/** What a run of the program left behind. */
export interface Run {
  code: ExitCode
  out: string
  error: string
}

/** Runs the program in a terminal of its own: 80 columns, no colours, an environment that holds nothing else. */
export async function run(
  args: readonly string[],
  given: Partial<Terminal> & { input?: string } = {},
): Promise<Run> {
  const { input = '', ...terminal } = given
  let out = ''
  let error = ''
  const code = await runCli(args, {
    out: (text) => {
      out += text
    },
    error: (text) => {
      error += text
    },
    read: async () => input,
    columns: 80,
    color: false,
    progress: false,
    env: {},
    cwd: tmpdir(),
    now: () => Date.now(),
    nodeVersion: process.versions.node,
    interrupted: Promise.resolve(),
    ...terminal,
  })
  return { code, out, error }
}

/** What the doctor reports. */
export async function doctor(
  args: readonly string[],
  given: Parameters<typeof run>[1] = {},
): Promise<{ code: ExitCode; report: DoctorReport; out: string }> {
  const { code, out, error } = await run(['doctor', ...args, '--json'], given)
  if (error !== '') throw new Error(error)
  return { code, out, report: JSON.parse(out) as DoctorReport }
}

/** A folder with files, removed when the test ends. */
export async function folder(files: { readonly [path: string]: string } = {}): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tesouro-cli-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), text)
  }
  return path
}

/** A `.env` as text. */
export const envFile = (values: { readonly [name: string]: string | undefined }): string =>
  Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}='${value}'\n`))
    .join('')
