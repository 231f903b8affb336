import { openWire, type Wire } from '@tesouro-tokens/conformance/redis'
import type { Fleet, FleetProcess } from '@tesouro-tokens/fleet'

/** A process that is to hear of logouts, and the two ways on which it is connected to Redis. */
export interface Hearer {
  process: FleetProcess
  commands: Wire
  subscription: Wire
}

export interface Hearers extends AsyncDisposable {
  all: readonly Hearer[]
  cut(): void
  /** Waits until each of the processes tells this of its cache. */
  tell(cache: 'up' | 'bypassed'): Promise<void>
}

export async function startHearers(fleet: Fleet, count: number): Promise<Hearers> {
  const all = await Promise.all(Array.from({ length: count }, () => startHearer(fleet)))
  const wires = all.flatMap(({ commands, subscription }) => [commands, subscription])
  return {
    all,
    cut() {
      for (const wire of wires) wire.cut()
    },
    async tell(cache) {
      await Promise.all(all.map(({ process }) => untilItTells(process, cache)))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(wires.map((wire) => wire[Symbol.asyncDispose]()))
    },
  }
}

async function startHearer(fleet: Fleet): Promise<Hearer> {
  const commands = await openWire(fleet.redis.port)
  const subscription = await openWire(fleet.redis.port)
  const redis = { port: commands.port, subscriber: subscription.port }
  return { process: await fleet.start({ redis, options: {} }), commands, subscription }
}

/** Each question is an operation on the cache, so that asking is also what makes a guard notice. */
async function untilItTells(process: FleetProcess, cache: 'up' | 'bypassed'): Promise<void> {
  const late = performance.now() + 30_000
  while ((await process.health()).cache !== cache) {
    if (performance.now() > late) throw new Error(`the cache is still not ${cache}`)
  }
}
