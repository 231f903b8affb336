// Files that the system does not let the command read or write.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { runSandboxCommand } from '../src/index.js'

const folder = mkdtempSync(join(tmpdir(), 'sandbox-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What the system says where a function of it is called. */
function failing(name: 'readFile' | 'rename', error: Error): void {
  onTestFinished(() => {
    vi.restoreAllMocks()
    syncBuiltinESMExports()
  })
  vi.spyOn(files, name).mockRejectedValue(error)
  syncBuiltinESMExports()
}

const withCode = (code: string): Error => Object.assign(new Error('canary'), { code })

async function run(...words: string[]): Promise<{ code: number; err: string }> {
  let err = ''
  const result = await runSandboxCommand(['--port', '0', ...words], {
    out: () => {},
    err: (text) => {
      err += text
    },
  })
  if (typeof result === 'number') return { code: result, err }
  await result.close()
  return { code: 0, err }
}

test.each([
  [withCode('EACCES'), 'EACCES'],
  [new Error('canary'), 'unknown reason'],
])('a file that may not be read is told as a mistake of ours: %s', async (error, reason) => {
  const path = join(folder, 'users.json')
  writeFileSync(path, '[]')
  failing('readFile', error)
  const { code, err } = await run('--users', path)
  expect(err).toBe(`tesouro-sandbox: --users: ${path} cannot be read (${reason})\n`)
  expect(code).toBe(2)
})

test('a .env that is mounted by itself, so that none can be put in its place, is not updated', async () => {
  const path = join(folder, 'mounted.env')
  writeFileSync(path, 'OTHER=1\n')
  failing('rename', withCode('EBUSY'))
  expect((await run('--write-env', path)).code).toBe(0)
  expect(readFileSync(path, 'utf8')).toMatch(/^OTHER=1\nTESOURO_BASE_URL=/)
})

test.each([withCode('ENOSPC'), new Error('canary')])(
  'a .env is cut where it cannot be written whole: %s',
  async (error) => {
    const path = join(folder, 'full.env')
    writeFileSync(path, 'OTHER=1\n')
    failing('rename', error)
    const { code, err } = await run('--write-env', path)
    expect(err).toMatch(/--write-env: .* cannot be written \((?:ENOSPC|unknown reason)\)\n$/)
    expect(code).toBe(2)
    expect(readFileSync(path, 'utf8')).toBe('OTHER=1\n')
  },
)
