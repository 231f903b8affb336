import { type Answers, type FleetProcess, openFleet, subs } from '@tesouro-tokens/fleet'
import { atRate } from './at-rate.js'
import type { Figure } from './figure.js'
import { say } from './progress.js'
import type { Proof, Scale } from './proof.js'

export interface Outage {
  client: string
  calls: number
  failed: number
  slowestMs: number
  exchanges: number
  /** Of one user in one process. */
  mostExchanges: number
}

export const outage: Proof = {
  name: 'outage',
  title: 'Redis is stopped while users are signed in; two processes',
  needsRedis: true,
  async run({ clients, outage: load }) {
    const figures: Figure[] = []
    for (const client of clients) {
      say(`${client}: ${load.users} users, ${load.perSecond} calls a second for ${load.seconds} s`)
      figures.push(...judgeOutage(await goThrough(client, load)))
    }
    return figures
  },
}

async function goThrough(
  client: Scale['clients'][number],
  { users, perSecond, seconds }: Scale['outage'],
): Promise<Outage> {
  await using fleet = await openFleet({ client })
  const processes = await fleet.startMany(2, { options: {} })
  const names = subs(users)
  await Promise.all(
    processes.map((process, index) =>
      signIn(
        process,
        names.filter((_, n) => n % processes.length === index),
      ),
    ),
  )
  for (const process of processes) await process.events()

  await fleet.redis.kill()
  const answers = await atRate({ perSecond, count: perSecond * seconds }, (index) =>
    // Everybody in turn, and each time by the process that a balancer happens to choose.
    asked(processes[Math.floor(Math.random() * processes.length)], names[index % users] ?? ''),
  )
  const exchanges = await Promise.all(processes.map(exchangesByUser))
  const errors = answers.flatMap((answer) => Object.keys(answer.errors))
  if (errors.length > 0) say(`failed: ${[...new Set(errors)].join(', ')}`)
  return {
    client,
    calls: answers.length,
    failed: errors.length,
    slowestMs: Math.max(...answers.map(({ slowestMs }) => slowestMs)),
    exchanges: exchanges.flat().reduce((sum, count) => sum + count, 0),
    mostExchanges: Math.max(0, ...exchanges.flat()),
  }
}

/** By one process only, so that the others have to exchange when Redis can tell them nothing. */
async function signIn(process: FleetProcess, names: string[]): Promise<void> {
  for (let from = 0; from < names.length; from += 50) {
    const { errors } = await process.get(names.slice(from, from + 50))
    if (Object.keys(errors).length > 0) throw new Error(`nobody could sign in: ${JSON.stringify(errors)}`)
  }
}

function asked(process: FleetProcess | undefined, name: string): Promise<Answers> {
  if (process === undefined) throw new Error('there is no process')
  return process.get([name])
}

/** How many exchanges each user cost a process. */
async function exchangesByUser(process: FleetProcess): Promise<number[]> {
  const counts = new Map<string | undefined, number>()
  for (const event of await process.events()) {
    if (event.type === 'exchange') counts.set(event.user, (counts.get(event.user) ?? 0) + 1)
  }
  return [...counts.values()]
}

export function judgeOutage({ client, ...outage }: Outage): Figure[] {
  return [
    { name: `calls, by ${client}`, measured: outage.calls },
    { name: '… that failed', measured: outage.failed, wanted: { atMost: 0 } },
    { name: '… the slowest', measured: outage.slowestMs, unit: 'ms' },
    { name: '… exchanges', measured: outage.exchanges },
    { name: '… of a user in a process, at the most', measured: outage.mostExchanges, wanted: { atMost: 1 } },
  ]
}
