import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { expect, inject, test } from 'vitest'
import { blocksOf } from '../../src/markdown.js'
import { printedProgram, startProgram } from './program.js'

const run = promisify(execFile)

/** The commands with which a page proves that its server works. */
function printedCommands(page: string): string[] {
  const block = blocksOf(page, 'sh').find(({ code }) => code.startsWith('curl '))
  return (block?.code ?? '').split('\n').filter(Boolean)
}

test('the curl commands after the quick start do not answer what stands beside them', async () => {
  await using sandbox = await startSandbox()
  const folder = join(inject('npmFolder'), 'curl')
  await mkdir(folder)
  await using program = await startProgram({
    folder,
    file: 'server.mjs',
    code: printedProgram('README.md'),
    env: sandbox.env,
  })
  const answers: string[] = []
  for (const command of printedCommands('README.md')) {
    const here = command.replace('http://localhost:3000', program.address)
    const { stdout } = await run('sh', ['-c', here], { cwd: folder, env: { PATH: process.env.PATH } })
    answers.push(stdout)
  }
  const [signIn, token, refusal, accounts] = answers
  expect(answers).toHaveLength(4)
  expect(signIn).toBe('')
  const { widgetToken } = JSON.parse(token ?? '') as { widgetToken: string }
  expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({ sub: 'user-1' })
  expect(JSON.parse(refusal ?? '')).toMatchObject({ status: 403, code: 'identity_mismatch' })
  expect(JSON.parse(accounts ?? '')).toHaveProperty('data')
})

test('the page of the other quick starts prints commands that nobody has run', () => {
  expect(printedCommands('docs/start.md')).toEqual(printedCommands('README.md'))
})
