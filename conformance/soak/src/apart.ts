import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

type Message<Result> = { said: string } | { result: Result }

/** Runs a program in a process of its own, with a heap of its own, until it tells its result. */
export function runApart<Result>(
  program: URL,
  input: object,
  options: { execArgv?: string[]; onSaid: (text: string) => void },
): Promise<Result> {
  const child = fork(fileURLToPath(program), [JSON.stringify(input)], { execArgv: options.execArgv ?? [] })
  return new Promise((resolve, reject) => {
    child.on('message', (message: Message<Result>) => {
      if ('said' in message) options.onSaid(message.said)
      else resolve(message.result)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      reject(new Error(`${program.pathname} ended with ${signal ?? code} before it had a result`))
    })
  })
}

/** The other end: what such a program is. */
export async function beApart<Input, Result>(
  work: (input: Input, say: (text: string) => void) => Promise<Result>,
): Promise<void> {
  process.on('disconnect', () => process.exit()) // nobody is left to tell
  const send = (message: Message<Result>): void => void process.send?.(message)
  const result = await work(JSON.parse(process.argv[2] ?? ''), (said) => send({ said }))
  process.send?.({ result } satisfies Message<Result>, () => process.disconnect())
}
