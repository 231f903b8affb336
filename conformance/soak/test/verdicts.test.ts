import { expect, test } from 'vitest'
import { type BudgetRun, judgeBudget } from '../src/budget.js'
import { judgeDay } from '../src/day/day.js'
import { type Figure, isMet } from '../src/figure.js'
import { judgeForeign, judgeFuzz } from '../src/foreign.js'
import { judgeLogout } from '../src/logout/logout.js'
import { judgeMemory } from '../src/memory/memory.js'
import { judgeOutage } from '../src/outage.js'
import { judgeRaces, judgeScripts } from '../src/races.js'
import { judgeStarved } from '../src/starved/starved.js'
import type { StarvedRun } from '../src/starved/starved-process.js'
import { toTable } from '../src/table.js'

const lived = {
  calls: 9_000,
  logouts: 5,
  exchanges: 100,
  mostInOneSecond: 25,
  expiredServed: 0,
  foreignServed: 0,
}
const dayOf = (fleet: Partial<typeof lived>) =>
  judgeDay({ fleet: { ...lived, ...fleet }, alone: lived, atExpiry: lived })

const gone = { client: 'redis', calls: 12_000, failed: 0, slowestMs: 300, exchanges: 1_000, mostExchanges: 1 }

const arrivals = { perSecond: 24, mostInOneSecond: 30, leastInTenSeconds: 240, refusedShare: 0.01 }
const flooded: BudgetRun = {
  calls: 3_000,
  served: 3_000,
  failed: 0,
  slowestMs: 20_500,
  lastedMs: 125_000,
  arrivals,
}
const budgetOf = (patient: Partial<BudgetRun>, usual: Partial<BudgetRun> = {}) =>
  judgeBudget({ users: 3_000, patient: { ...flooded, ...patient }, usual: { ...flooded, ...usual } })

const load = { calls: 1_000_000, users: 100_000, maxEntries: 50_000 }
const memoryOf = (heaps: number[], entries = 50_000) =>
  judgeMemory('memory', load, { heaps: heaps.map((mb) => mb * 1e6), entries, exchanges: 180_000 })
const flat = [100, 104, 108, 109, 110]

const progress = { seconds: 60, orders: 3_000, perSecond: 50, states: 90_000, broken: 0 }
const fuzzed = Array.from({ length: 9 }, (_, index) => ({ name: `parser ${index}`, inputs: 100 }))
const explored = { orders: 6_000, perSecond: 100, broken: 0 }

const starvedInput = {
  client: 'redis',
  users: 100,
  callers: 10,
  standsStillMs: 3_000,
  servedAgainAfterMs: 60_000,
} as const
const starvedRun = {
  processors: 1,
  calls: 4_000,
  errors: {},
  failedForGood: 0,
  exchanges: 110,
  breakerOpened: 0,
  slowestMs: 9_000,
  refusedShare: 0.02,
  mostInOneSecond: 30,
  failedAfterwards: 0,
}
const starvedOf = (run: Partial<StarvedRun>, trouble: 'none' | 'Redis is killed' = 'none'): Figure[] =>
  judgeStarved({ ...starvedInput, trouble }, { ...starvedRun, ...run })

const missed = (figures: Figure[]): Figure[] => figures.filter((figure) => !isMet(figure))

test.each<[string, Figure[]]>([
  ['day', dayOf({ exchanges: 102 })],
  ['outage', judgeOutage(gone)],
  ['budget', budgetOf({})],
  ['memory', memoryOf(flat)],
  ['logout', judgeLogout({ name: 'alive', ms: [3, 4, 1_000] })],
  ['races', judgeRaces([progress])],
  ['scripts', judgeScripts(explored)],
  ['fuzz', judgeFuzz(fuzzed)],
  ['foreign', judgeForeign({ passed: 8, failed: 0 })],
  ['starved', starvedOf({})],
  [
    'starved, without Redis',
    starvedOf({ errors: { rate_limited: 1_000 }, exchanges: 300, slowestMs: 80_000 }, 'Redis is killed'),
  ],
])('%s: what is just as wanted counts as missed', (_, figures) => {
  expect(missed(figures)).toEqual([])
})

test.each<[string, Figure[]]>([
  ['more exchanges than 1.02 × those of one process', dayOf({ exchanges: 103 })],
  ['a call that failed on a starved machine', starvedOf({ errors: { upstream_unavailable: 1 } })],
  ['an exchange too many on a starved machine', starvedOf({ exchanges: 111 })],
  ['a circuit breaker that opened on a starved machine', starvedOf({ breakerOpened: 1 })],
  ['a machine that did not starve', starvedOf({ processors: 2 })],
  [
    'a call that failed for good',
    starvedOf({ errors: { cache_unavailable: 1 }, failedForGood: 1 }, 'Redis is killed'),
  ],
  ['a call without Redis that ended too late', starvedOf({ slowestMs: 80_001 }, 'Redis is killed')],
  ['too many refused requests', starvedOf({ refusedShare: 0.021 }, 'Redis is killed')],
  ['a call that failed when it was long over', starvedOf({ failedAfterwards: 1 }, 'Redis is killed')],
  ['other calls than those of the one process', dayOf({ calls: 8_999 })],
  ['more than 25 in a second', dayOf({ mostInOneSecond: 26 })],
  ['an expired token', dayOf({ expiredServed: 1 })],
  ['the token of somebody else', dayOf({ foreignServed: 1 })],
  ['a call that failed without Redis', judgeOutage({ ...gone, failed: 1 })],
  ['two exchanges of a user in a process', judgeOutage({ ...gone, mostExchanges: 2 })],
  ['a user who was not served', budgetOf({ served: 2_999 })],
  ['a queue that lasted too long', budgetOf({ lastedMs: 125_001 })],
  ['a budget that was not used', budgetOf({ arrivals: { ...arrivals, perSecond: 23.9 } })],
  ['too many refused by the limiter', budgetOf({ arrivals: { ...arrivals, refusedShare: 0.011 } })],
  ['a failure that is not RateLimitedError', budgetOf({}, { failed: 1 })],
  ['a call that ended too late', budgetOf({}, { slowestMs: 20_501 })],
  ['more than the limiter allows', budgetOf({}, { arrivals: { ...arrivals, mostInOneSecond: 31 } })],
  ['a heap that grows after the first fifth', memoryOf([100, 110, 111, 111, 111])],
  ['a heap that still grows at the end', memoryOf([100, 100, 100, 102, 104])],
  ['more tokens than maxEntries', memoryOf(flat, 50_001)],
  ['a logout that was heard late', judgeLogout({ name: 'alive', ms: [3, 4, 1_001] })],
  ['an order that broke a rule', judgeRaces([{ ...progress, broken: 1 }])],
  ['an explorer that found no order', judgeRaces([{ ...progress, orders: 0 }])],
  ['a script that went otherwise than the model', judgeScripts({ ...explored, broken: 1 })],
  ['an explorer of scripts that found no order', judgeScripts({ ...explored, orders: 0 })],
  ['an input that a parser did not stand', judgeFuzz([...fuzzed, { name: 'a', inputs: 3, failure: 'x' }])],
  ['a parser that was left out', judgeFuzz(fuzzed.slice(1))],
  ['no other implementation', judgeForeign({ passed: 0, failed: 0 })],
  ['a foreign token that was not opened', judgeForeign({ passed: 7, failed: 1 })],
  ['a logout that nobody measured', judgeLogout({ name: 'alive', ms: [Number.NaN] })],
])('%s goes unnoticed', (_, figures) => {
  expect(missed(figures)).toHaveLength(1)
  expect(toTable('a proof', figures)).toMatch(/ NO +\|/)
})
