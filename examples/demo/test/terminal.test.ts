import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { builtInWords } from '../built.mjs'
import { createFolded } from '../src/folded.js'
import { takenPort } from '../src/ports.js'
import { inWords, isLogoutElsewhere } from '../src/story.js'

const command = fileURLToPath(new URL('../../../scripts/demo.mjs', import.meta.url))

/** The command where nothing can be installed or built: npx is not to be found. */
function demo(...args: string[]): Promise<{ code: number; printed: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { env: { PATH: '/nowhere' } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), printed: stdout + stderr }),
    )
  })
}

describe('the command', () => {
  it.each([['--help'], ['-h'], ['next', '--help']])('installs something for %s', async (...args) => {
    const { code, printed } = await demo(...args)
    expect([code, printed]).toEqual([0, expect.stringContaining('Usage: npm run demo')])
  })

  it.each([['expres'], ['express', 'next'], ['--onec']])(
    'installs something for the mistake %s',
    async (...args) => {
      const { code, printed } = await demo(...args)
      expect(code).toBe(2)
      expect(printed).toContain('Usage: npm run demo')
      expect(printed).toMatch(/expres"|express next"|--onec/)
    },
  )

  it.each([
    ['--onec', 'There is no option "--onec": did you mean "--once"?'],
    ['--on', 'There is no option "--on": did you mean "--once"?'],
    ['--once=yes', 'There is no option "--once=yes": did you mean "--once"?'],
    ['-x', 'There is no option "-x".'],
    ['--toString', 'There is no option "--toString".'],
  ])('tells of %s in words of its own machinery, or not what was meant', async (argument, line) => {
    const { printed } = await demo(argument)
    expect(printed.split('\n')[0]).toBe(line)
  })

  it('tells of a build in words that puzzle', () => {
    const summary = (cached: number): string =>
      ` Tasks:    9 successful, 9 total\nCached:    ${cached} cached, 9 total`
    expect(builtInWords(summary(9), '2.1')).toBe('Nothing has changed since the last build: ready in 2.1 s.')
    expect(builtInWords(summary(6), '9.8')).toBe('Built 3 of 9 packages in 9.8 s.')
    expect(builtInWords('another summary', '1.0')).toBe('Built in 1.0 s.')
  })

  it('keeps an error of the build to itself', async () => {
    const { code, printed } = await demo('express')
    expect(code).not.toBe(0)
    expect(printed).toContain('npx could not be started')
  })
})

describe('what is told while the demo runs', () => {
  it('a page that asks the same again and again fills the terminal, or hides a change', () => {
    const printed: string[] = []
    const folded = createFolded({
      line: (text) => printed.push(text),
      more: (count) => printed.push(`+${count}`),
    })
    for (const line of [
      'hit',
      'GET 200 3 ms',
      'hit',
      'GET 200 11 ms',
      'minted',
      'hit',
      'GET 200 2 ms',
      'hit',
    ])
      folded(line, line)
    folded('GET 503 2 ms', 'GET 503 2 ms')
    expect(printed).toEqual([
      'hit',
      'GET 200 3 ms',
      '+1',
      '+2',
      'minted',
      'hit',
      'GET 200 2 ms',
      '+1',
      'GET 503 2 ms',
    ])
  })

  it('a logout that another process tells of reads as one that dropped nothing, or a failed one as done', () => {
    const told = { type: 'forget', user: '0123456789abcdef', origin: 'elsewhere', outcome: 'ok' }
    const words = (more: object): string => inWords(JSON.stringify({ ...told, ...more }))
    expect(words({})).toBe('forgot a user, as another process has told [user 012345]')
    expect(words({ origin: 'local', forgotten: 1 })).toBe('logout: forgot 1 access token [user 012345]')
    expect(words({ origin: 'local', outcome: 'cache_unavailable' })).toContain('not recorded')
    expect([told, { ...told, origin: 'local' }].map((one) => isLogoutElsewhere(JSON.stringify(one)))).toEqual(
      [true, false],
    )
  })

  it('a taken port is not said, or one that is not taken is', () => {
    expect(takenPort(4000, 'http://127.0.0.1:4000')).toBeUndefined()
    expect(takenPort(4000, 'http://127.0.0.1:41234')).toBe('Port 4000 is taken: it is 41234 instead.')
  })
})
