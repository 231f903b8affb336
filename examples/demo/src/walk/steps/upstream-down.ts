import { setTimeout } from 'node:timers/promises'
import { expectEqual, expectThat, member } from '../expect.js'
import type { Person } from '../people.js'
import { requestsDuring, type Step } from '../step.js'

export const upstreamDown: Step = {
  name: 'upstream down',
  async run({ ana, bruno, sandbox }) {
    const recover = sandbox.faults.status(503, { on: 'token' })
    expectEqual('Ana, whose token is cached: status', (await ana.accounts()).status, 200)

    expectEqual('Bruno signs in: status', (await bruno.signIn()).status, 200)
    expectEqual('his widget token: status', (await bruno.mint()).status, 200)
    const attempts = await requestsDuring(sandbox, { kind: 'token_exchange', person: bruno }, async () => {
      const { status, headers, json, text } = await bruno.accounts()
      expectEqual('his accounts: status', status, 503)
      expectEqual('… and code', member(json, 'code'), 'platform_unavailable')
      expectEqual('… and content type', headers['content-type']?.split(';')[0], 'application/problem+json')
      expectThat('… and nothing about the inside', !/\bat |127\.0\.0\.1|stack/.test(text), text)
    })
    expectThat('it was tried at most 3 times', attempts >= 1 && attempts <= 3, `${attempts} times`)

    recover()
    expectEqual('Bruno again, now that the platform is back: status', await askedAgain(bruno), 200)

    const nothingWorks = sandbox.faults.status(503)
    expectEqual('a widget token with everything down: status', (await ana.mint()).status, 200)
    expectEqual('accounts with everything down: status', (await ana.accounts()).status, 503)
    nothingWorks()
    return `the cached user is served, the new one gets a clean 503 after ${attempts} tries, then 200 again`
  },
}

/** In a fleet, the other processes go by a failure for two seconds instead of asking the platform too. */
async function askedAgain(person: Person): Promise<number | undefined> {
  const until = Date.now() + 30_000
  for (;;) {
    const { status } = await person.accounts()
    if (status !== 503 || Date.now() > until) return status
    await setTimeout(100)
  }
}
