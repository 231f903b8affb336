import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Stage, startStage } from '../src/stage.js'
import { Person } from '../src/walk/people.js'

// What a fleet has beyond what one process does: it is one application to whoever calls it.

describe.skipIf(redisIsMissing())('three processes behind a balancer', () => {
  let stage: Stage
  /** What the processes printed. */
  const lines: string[] = []
  beforeAll(async () => {
    stage = await startStage({
      example: 'fleet',
      usualPorts: false,
      onPlatformLine: () => {},
      onExampleLine: (line) => lines.push(line),
    })
  })
  afterAll(() => stage?.close())

  it('a session and an access token do not stay with the process that began them', async () => {
    const ana = new Person('u_ana', 'ana@bank.example', stage.example.origin)
    expect((await ana.signIn()).status).toBe(200)
    const answers = [await ana.accounts(), await ana.accounts(), await ana.accounts()]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers.map(({ headers }) => headers['x-answered-by']).sort()).toEqual(['1', '2', '3'])
    // One for all, plus one for each time that a busy machine's Redis did not answer in time: no call waits for that.
    const failures = (): number => lines.filter((line) => line.includes('"type":"cache_failure"')).length
    const exchanges = stage.sandbox.count({ kind: 'token_exchange', user: 'u_ana' })
    await vi.waitFor(() => expect(exchanges).toBeLessThanOrEqual(1 + failures()), 120_000)
    expect(exchanges).toBeGreaterThanOrEqual(1)

    const { status } = await ana.signOut()
    await vi.waitFor(() => expect(failures() > 0 ? [204, 503] : [204]).toContain(status), 120_000)
    for (const _ of [1, 2, 3]) expect((await ana.accounts()).status).toBe(401)
  })

  it('no process is missing from what the page is told', async () => {
    const bruno = new Person('u_bruno', 'bruno@bank.example', stage.example.origin)
    const { headers } = await bruno.signIn()
    const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    const hangUp = new AbortController()
    const feed = await fetch(`${stage.example.origin}/api/demo/events`, {
      headers: { cookie },
      signal: hangUp.signal,
    })
    for (const _ of [1, 2, 3]) await bruno.mint()
    const told = new Set<number>()
    const decoder = new TextDecoder()
    for await (const chunk of feed.body ?? []) {
      for (const [, process] of decoder.decode(chunk).matchAll(/"process":(\d)/g)) told.add(Number(process))
      if (told.size === 3) break
    }
    hangUp.abort()
    expect([...told].sort()).toEqual([1, 2, 3])
  })
})
