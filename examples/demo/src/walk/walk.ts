import { type ExampleName, exampleOf } from '../examples.js'
import { type Stage, startStage } from '../stage.js'
import { inWords } from '../story.js'
import { bold, dim, green, red, say } from '../terminal.js'
import { Mismatch } from './expect.js'
import { Person } from './people.js'
import type { Step, World } from './step.js'
import { accounts } from './steps/accounts.js'
import { gateway } from './steps/gateway.js'
import { impersonation } from './steps/impersonation.js'
import { logout } from './steps/logout.js'
import { mint } from './steps/mint.js'
import { refresh } from './steps/refresh.js'
import { signIn } from './steps/sign-in.js'
import { upstreamDown } from './steps/upstream-down.js'

const steps: readonly Step[] = [signIn, mint, gateway, accounts, refresh, impersonation, upstreamDown, logout]
const width = Math.max(...steps.map(({ name }) => name.length))
const linesKept = 20
const limitMs = 300_000

/** Walks through an example, over HTTP, as two people with two browsers. Gives the exit code. */
export async function walkOnce(example: ExampleName): Promise<number> {
  const startedAt = performance.now()
  const lines: string[] = []
  const keep = (who: string, line: string): void => {
    lines.push(`${who}  ${line}`)
    if (lines.length > linesKept) lines.shift()
  }
  setTimeout(() => {
    say(red(`✗ not through after ${limitMs / 1000} s`))
    process.exit(1)
  }, limitMs).unref()
  const { folder, processes } = exampleOf(example)
  const times = processes === undefined ? '' : `, ${processes} processes over one Redis,`
  say(bold(`Walking through examples/${folder}${times} as a browser would`))
  const stage = await startStage({
    example,
    usualPorts: false,
    onPlatformLine: (line) => keep('platform', line),
    onExampleLine: (line, process) => keep(`app ${process ?? ' '}   `, inWords(line)),
  })
  const passed = await walk(stage, lines)
  await stage.close()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  if (passed) say(green(`${steps.length} of ${steps.length} steps as they should be, ${seconds} s`))
  return passed ? 0 : 1
}

/** Takes the steps on what has been started, and says each. Gives whether all were as they should be. */
export async function walk({ sandbox, example }: Stage, lines: readonly string[]): Promise<boolean> {
  const { origin } = example
  const ana = new Person('u_ana', 'ana@bank.example', origin)
  const bruno = new Person('u_bruno', 'bruno@bank.example', origin)
  const world: World = { sandbox, origin, ana, bruno, widgetToken: '', accountIds: [] }
  for (const { name, run } of steps) {
    try {
      say(`${green('✓')} ${name.padEnd(width)}  ${dim(await run(world))}`)
    } catch (error) {
      say(`${red('✗')} ${bold(name)}`)
      explain(error)
      say(`  ${dim('what happened last:')}`)
      for (const line of lines) say(`    ${dim(line)}`)
      return false
    }
  }
  return true
}

function explain(error: unknown): void {
  if (!(error instanceof Mismatch)) {
    say(`  ${error instanceof Error ? (error.stack ?? error.message) : typeof error}`)
    return
  }
  say(`  ${error.message}`)
  say(`    expected  ${error.expected}`)
  say(`    actual    ${error.actual}`)
}
