import { execFile } from 'node:child_process'
import { openPlatform } from './platform.js'
import type { Result, Runtime } from './runtime.js'

/** How a runtime is started. */
export interface Command {
  readonly name: string
  readonly file: string
  /** What stands before the program. */
  readonly args: readonly string[]
  /** More of the environment: where it may keep its own things. */
  readonly env?: Readonly<Record<string, string>>
  /** Programs that only this runtime can run. */
  readonly more?: readonly string[]
}

interface Program {
  folder: string
  file: string
  env: Readonly<Record<string, string>>
}

interface Printed {
  version: string
  results: Result[]
}

/** A runtime that is started as a process for each program. */
export function processRuntime(command: Command): Runtime {
  return {
    name: command.name,
    async run(folder, { redisUrl }) {
      const files = ['process.mjs', 'sandbox.mjs']
      if (redisUrl !== undefined) files.push('redis.mjs', ...(command.more ?? []))
      const printed: Printed[] = []
      for (const file of files) {
        // Each has its own, because the first moves the clock.
        await using platform = await openPlatform()
        const env = { ...platform.env, SETTING: JSON.stringify({ ...platform.setting, redisUrl }) }
        printed.push(await runProgram(command, { folder, file, env }))
      }
      const results = printed.flatMap((each) => each.results)
      return [{ runtime: `${command.name} ${printed[0]?.version}`, results }]
    },
  }
}

/** Long enough for a machine that does much else. A process that waits for nothing ends far sooner. */
const deadlineMs = 120_000

/** Runs a program until it ends by itself, and gives what it printed last. */
export async function runProgram(command: Command, { folder, file, env }: Program): Promise<Printed> {
  const options = {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...command.env, ...env },
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
  } as const
  const printed = await new Promise<string>((resolve, reject) => {
    execFile(command.file, [...command.args, file], options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout)
      const why = error.killed ? 'does not end by itself' : `ended with ${error.code ?? error.signal}`
      reject(new Error(`${file} ${why}:\n${stdout}\n${stderr}`))
    })
  })
  return JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as Printed
}
