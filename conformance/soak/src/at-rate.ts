import { setTimeout as sleep } from 'node:timers/promises'

/** Makes so many calls, at an even rate whatever becomes of them, and gives their results in order. */
export async function atRate<Result>(
  { count, perSecond }: { count: number; perSecond: number },
  call: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const startedAt = performance.now()
  const calls: Promise<Result>[] = []
  for (let index = 0; index < count; index += 1) {
    const earlyMs = startedAt + (index * 1_000) / perSecond - performance.now()
    if (earlyMs > 0) await sleep(earlyMs)
    const made = call(index)
    made.catch(() => {}) // whoever waits for all of them is told
    calls.push(made)
  }
  return Promise.all(calls)
}
