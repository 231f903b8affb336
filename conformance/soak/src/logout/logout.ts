import { openFleet } from '@tesouro-tokens/fleet'
import type { Figure } from '../figure.js'
import { say } from '../progress.js'
import type { Proof, Scale } from '../proof.js'
import { startHearers } from './hearer.js'
import { situations } from './situations.js'

export interface Heard {
  name: string
  /** How long each logout was not heard in each process. */
  ms: number[]
}

export const logout: Proof = {
  name: 'logout',
  title: 'A logout in one process, until three others serve the old token no more',
  needsRedis: true,
  async run({ clients, logout: { repetitions } }) {
    const figures: Figure[] = []
    for (const client of clients) {
      for (const heard of await logOutBy(client, repetitions)) figures.push(...judgeLogout(heard))
    }
    return figures
  },
}

async function logOutBy(client: Scale['clients'][number], repetitions: number): Promise<Heard[]> {
  await using fleet = await openFleet({ client })
  const first = await fleet.start({ options: {} })
  await using hearers = await startHearers(fleet, 3)
  const results: Heard[] = []
  for (const { name, prepare, logOut } of situations) {
    say(`${client}: ${name}, ${repetitions} times`)
    prepare?.(hearers)
    const ms: number[] = []
    for (let time = 1; time <= repetitions; time += 1) {
      ms.push(...(await logOut(`user-${results.length}-${time}`, first, hearers)))
    }
    results.push({ name: `${name}, by ${client}`, ms })
  }
  return results
}

export function judgeLogout({ name, ms }: Heard): Figure[] {
  return [
    { name: `${name}: median`, measured: median(ms), unit: 'ms' },
    { name: '… worst', measured: Math.max(...ms), unit: 'ms', wanted: { atMost: 1_000 } },
  ]
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return (lower + upper) / 2
}
