import { Readable } from 'node:stream'
import { nodeTerminal } from '@tesouro-tokens/cli'
import pc from 'picocolors'
import { expect, onTestFinished, test, vi } from 'vitest'

/** What stands in the place of this process's own streams until the test ends. */
function streams(given: { input?: Readable; isTTY?: boolean; columns?: number }): { error: string[] } {
  onTestFinished(() => void vi.restoreAllMocks())
  const error: string[] = []
  const { input = Readable.from([]), isTTY = false, columns } = given
  const output = { on: vi.fn(), isTTY, columns }
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Object.assign(input, { isTTY }) as never)
  vi.spyOn(process, 'stdout', 'get').mockReturnValue({ ...output, write: vi.fn() } as never)
  vi.spyOn(process, 'stderr', 'get').mockReturnValue({
    ...output,
    write: (text: string) => error.push(text),
  } as never)
  return { error }
}

test('an input that never ends fills the memory', async () => {
  let read = 0
  const endless = new Readable({
    read() {
      read += 1
      this.push(Buffer.alloc(10_000, 'a'))
    },
  })
  streams({ input: endless })
  expect(await nodeTerminal().read()).toBe('a'.repeat(64 * 1_024))
  expect(read).toBeLessThan(50)
})

test('at a keyboard nobody is told that a token is waited for, or in a pipe it stands in the output', async () => {
  const typed = streams({ input: Readable.from([Buffer.from('a.b'), Buffer.from('.c\n')]), isTTY: true })
  expect(await nodeTerminal().read()).toBe('a.b.c\n')
  expect(typed.error).toEqual(['Paste the token, then press Enter and Ctrl-D.\n'])
  const piped = streams({ input: Readable.from([Buffer.from('a.b.c')]) })
  expect(await nodeTerminal().read()).toBe('a.b.c')
  expect(piped.error).toEqual([])
})

test('a terminal is painted against NO_COLOR, a pipe without FORCE_COLOR, or a width is guessed that is known', () => {
  const { isColorSupported } = pc
  onTestFinished(() => {
    vi.unstubAllEnvs()
    Object.assign(pc, { isColorSupported })
  })
  vi.stubEnv('FORCE_COLOR', undefined)
  const shown = (isTTY: boolean, supported: boolean, columns?: number): unknown => {
    streams({ isTTY, ...(columns !== undefined && { columns }) })
    Object.assign(pc, { isColorSupported: supported })
    const { color, progress, columns: width } = nodeTerminal()
    return { color, progress, width }
  }
  expect(shown(true, true, 120)).toEqual({ color: true, progress: true, width: 120 })
  expect(shown(true, false, 120)).toEqual({ color: false, progress: true, width: 120 })
  expect(shown(false, true)).toEqual({ color: false, progress: false, width: 80 })
  vi.stubEnv('FORCE_COLOR', '1')
  expect(shown(false, true)).toEqual({ color: true, progress: false, width: 80 })
})

test('a reader that has gone ends the process, or Ctrl-C does not reach the command that waits for it', async () => {
  streams({})
  const heard = new Map<string | symbol, () => void>()
  vi.spyOn(process, 'once').mockImplementation((signal, listener) => {
    heard.set(signal, listener as () => void)
    return process
  })
  const terminal = nodeTerminal()
  for (const { on } of [process.stdout, process.stderr]) {
    expect(on).toHaveBeenCalledWith('error', expect.any(Function))
  }
  // A listener would keep Ctrl-C from ending every other command.
  expect([...heard.keys()]).toEqual([])
  const { interrupted } = terminal
  expect([...heard.keys()]).toEqual(['SIGINT', 'SIGTERM'])
  expect(terminal.interrupted).toBe(interrupted)
  heard.get('SIGTERM')?.()
  await interrupted
})

test('what a command writes or reads is not that of this process', () => {
  streams({})
  const terminal = nodeTerminal()
  terminal.out('out')
  terminal.error('error')
  expect(process.stdout.write).toHaveBeenCalledWith('out')
  expect(terminal).toMatchObject({ env: process.env, cwd: process.cwd(), nodeVersion: process.versions.node })
  expect(terminal.now()).toBeGreaterThan(1_700_000_000_000)
})
