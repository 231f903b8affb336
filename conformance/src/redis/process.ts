import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Why no Redis can be started here; `undefined` where one can. */
export function whyNoRedis(): string | undefined {
  const missing = ['redis-server', 'redis-cli'].filter(
    (command) => spawnSync(command, ['--version']).error !== undefined,
  )
  return missing.length === 0 ? undefined : `no Redis: ${missing.join(' and ')} not on the path`
}

/** Whether the tests have no Redis to start. @throws Error where services are required */
export function redisIsMissing(): boolean {
  const why = whyNoRedis()
  if (why === undefined) return false
  if (process.env.REQUIRE_SERVICES === '1') throw new Error(why)
  process.stderr.write(`\n*** SKIPPED, what needs a Redis was not tested: ${why} ***\n\n`)
  return true
}

/** Starts redis-server and waits until it listens. */
export async function startProcess(settings: readonly string[]): Promise<ChildProcess> {
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (text: Buffer): void => {
      if (said.length > 10_000) return
      said += text.toString()
      if (/Ready to accept connections|Sentinel ID is/.test(said)) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}:\n${said}`)))
  })
  return child
}

/** SIGKILL, also for a process that stands still. */
export async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/**
 * Starts something on a port that nobody has. Outside of the range from which outgoing connections are given
 * theirs, so that the port is still free when a server is started there again.
 */
export async function onFreePort<Result>(start: (port: number) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const port = randomInt(20_000, 32_000)
    if (!(await isFree(port))) continue
    try {
      return await start(port)
    } catch (error) {
      if (attempt === 5) throw error
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** Asks again until it is so. Fails after half a minute. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const late = Date.now() + 30_000
  while (!(await isSo())) {
    if (Date.now() > late) throw new Error(`still not so after 30 s: ${isSo}`)
    await sleep(50)
  }
}
