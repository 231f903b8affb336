import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectProblem, expectToken, faultsOf, mediaTypeOf } from './adapter/answers.js'
import { attacks } from './adapter/attacks.js'
import { Bench } from './adapter/bench.js'
import { as } from './adapter/client.js'
import { type FrameworkFirst, frameworkFirst, statusOfType } from './adapter/framework-first.js'
import { matrix, sampleOf } from './adapter/matrix.js'
import { policy } from './adapter/policy.js'
import {
  type AdapterOptions,
  type AdapterScenario,
  adapterOptions,
  mintsPerMinute,
} from './adapter/subject.js'

export { behind } from './adapter/behind.js'
export type { AdapterOptions, AdapterScenario } from './adapter/subject.js'

/** What an adapter is started with. */
export interface AdapterStart {
  /** For the adapter's own function, where the subject runs in this process. */
  options: AdapterOptions
  /** For a subject in a process of its own, which makes the same options by `adapterOptions(scenario, process.env)`. */
  scenario: AdapterScenario
  env: Readonly<Record<string, string>>
}

/** A subject that answers. */
export interface RunningAdapter {
  /** The endpoint's full URL. */
  url: string
  close(): Promise<void>
}

const scenarios: readonly AdapterScenario[] = ['plain', 'origins', 'limited', 'tenants']

/**
 * What every adapter has to answer, over a real socket, with tokens that the sandbox opens. An adapter's own test
 * file says how to start it, and where its framework answers first. One subject of each adapter tries everything: all
 * 3,600 cells of the cross-site matrix, and each place of an identity for every victim. Its other subjects try a sample:
 * cells in which any three of the five things that a page can choose meet, and each place for one victim.
 *
 * @example
 * ```ts
 * describeAdapter('fetch', async ({ options }) => {
 *   const endpoint = widgetTokenEndpoint(options)
 *   const server = createServer(getRequestListener((request) => endpoint(request)))
 *   return listening(server)
 * })
 * ```
 */
export function describeAdapter(
  name: string,
  start: (given: AdapterStart) => Promise<RunningAdapter>,
  differences: FrameworkFirst = {},
  tries: 'all' | 'sample' = 'sample',
): void {
  describe(`the endpoint as ${name}`, () => {
    let sandbox: Sandbox
    const benches = new Map<AdapterScenario, Bench>()
    const bench = (scenario: AdapterScenario): Bench => {
      const found = benches.get(scenario)
      if (found === undefined) throw new Error(`${scenario} was not started`)
      return found
    }

    beforeAll(async () => {
      sandbox = await startSandbox({ clients: [{ clientId: 'client-north' }, { clientId: 'client-south' }] })
      const env = {
        CONFORMANCE_north: JSON.stringify(sandbox.client('client-north').env),
        CONFORMANCE_south: JSON.stringify(sandbox.client('client-south').env),
      }
      for (const scenario of scenarios) {
        const options = adapterOptions(scenario, env)
        benches.set(scenario, new Bench(sandbox, await start({ options, scenario, env })))
      }
    })

    afterAll(async () => {
      for (const each of benches.values()) await each.close()
      await sandbox?.close()
    })

    describe('the same everywhere', () => {
      it.each(policy)('$name: $status $code', async (row) => {
        const subject = bench(row.scenario)
        const { answers, counted } = await subject.sendAll([row.request])
        const [answer] = answers
        if (answer === undefined) throw new Error('no answer')
        expect(faultsOf(answer, row)).toEqual([])
        expect({ ...answer.headers, 'content-type': mediaTypeOf(answer) }).toMatchObject(
          definedOnly(row.headers),
        )
        for (const header of undefinedOnly(row.headers)) expect(answer.headers).not.toHaveProperty(header)
        expect(counted).toEqual({
          mints: row.status === 200 ? 1 : 0,
          lookups: row.lookups,
          errors: row.errors,
        })
        if (row.code !== undefined) expectProblem(answer, row.status, row.code)
        if (row.status === 200) {
          expectToken(answer)
          expect(await subject.open(answer)).toMatchObject({ sub: 'alice', email: 'alice@example.com' })
        }
      })
    })

    describe('where the framework may answer first', () => {
      it.each(frameworkFirst)('$name', async ({ differs, request, status, code }) => {
        const subject = bench('plain')
        const theirs =
          differs === 'unsupportedType' ? statusOfType(differences, typeOf(request)) : differences[differs]
        const { answers, counted } = await subject.sendAll([request])
        const [answer] = answers
        if (answer === undefined) throw new Error('no answer')
        expect(answer.status).toBe(theirs ?? status)
        expect(counted.mints).toBe(answer.status === 200 ? 1 : 0)
        const { clientSecret, widgetSecret } = sandbox.client('client-north').options
        for (const secret of [clientSecret, widgetSecret, 'canary']) {
          expect(JSON.stringify([answer.headers, answer.text])).not.toContain(secret)
        }
        if (theirs !== undefined) return
        expect(faultsOf(answer, { status, code: request.method === 'HEAD' ? undefined : code })).toEqual([])
        if (status === 405) expect(answer.headers.allow).toBe('POST, OPTIONS')
      })

      // A parser in front waits for the end of the body, as it should; then nothing can be refused before.
      if (differences.undeclaredOver8KiB === undefined && !differences.waitsForBody) {
        it.each([
          ['its size', 413, {}],
          ['its origin', 403, { 'sec-fetch-site': 'cross-site' }],
          ['its session', 401, as('nobody')],
        ])('a body that is still being sent is refused for %s', async (_reason, status, more) => {
          const headers = { ...as('alice'), 'content-type': 'application/json', ...more }
          const request = { headers, body: 'x'.repeat(20_000), chunked: true, unfinished: true, alone: true }
          expect((await bench('plain').client.send(request)).status).toBe(status)
        })
      }
    })

    it('a cross-site page, whatever it combines of what it can choose, mints in the allowed cells alone', async () => {
      const subject = bench('origins')
      const all = [...matrix(subject.client.url.host, as('alice'))]
      const tried = tries === 'all' ? all : sampleOf(all)
      const { answers, counted } = await subject.sendAll(tried.map(({ request }) => request))
      const wrong: string[] = []
      for (const [index, cell] of tried.entries()) {
        const answer = answers[index]
        if (answer === undefined) throw new Error('no answer')
        const theirs = statusOfFramework(cell, differences)
        const faults =
          theirs === undefined
            ? faultsOf(answer, cell)
            : answer.status === theirs
              ? []
              : [`status ${answer.status}`]
        if (theirs === undefined && answer.headers['access-control-allow-origin'] !== cell.readable) {
          faults.push('the wrong origin may read the answer')
        }
        if (answer.status === 200 && (await subject.open(answer)).sub !== 'alice')
          faults.push('for somebody else')
        if (faults.length > 0) wrong.push(`${cell.name}: ${faults.join('; ')}`)
      }
      expect(wrong).toEqual([])
      const minting = tried.filter(
        (cell) => cell.status === 200 && statusOfFramework(cell, differences) === undefined,
      )
      expect(counted.mints).toBe(minting.length)
      expect(counted.mints).toBeGreaterThan(0)
    })

    describe('an identity that the request claims', () => {
      const victims = tries === 'all' ? ['bob', 'victim'] : ['bob']

      it.each(victims)('%s, wherever it stands, is never minted for', async (victim) => {
        const subject = bench('plain')
        const all = [...attacks(victim)]
        const { answers, counted } = await subject.sendAll(
          all.map(([, request]) => signedIn(request, 'alice')),
        )
        const wrong: string[] = []
        let minted = 0
        for (const [index, [place]] of all.entries()) {
          const answer = answers[index]
          if (answer?.status !== 200) continue
          minted += 1
          const { sub, email, clientId, claims, parameters } = await subject.open(answer)
          const opened = JSON.stringify({ sub, email, clientId, claims, parameters })
          if (sub !== 'alice' || email !== 'alice@example.com' || opened.includes(victim)) wrong.push(place)
        }
        expect(wrong).toEqual([])
        expect(minted).toBe(counted.mints)
        expect(minted).toBeGreaterThan(all.length / 4)
      })

      it('without a session is worth nothing', async () => {
        const all = [...attacks('alice')]
        const { answers, counted } = await bench('plain').sendAll(all.map(([, request]) => request))
        const lucky = all.filter((_, index) => (answers[index]?.status ?? 200) < 400).map(([place]) => place)
        expect(lucky).toEqual([])
        expect(counted.mints).toBe(0)
      })

      it.each([
        ['north', 'alice', 'south'],
        ['south', 'alice-south', 'north'],
      ])('as a user of %s (%s), naming the tenant %s, changes no client id', async (own, session, other) => {
        const subject = bench('tenants')
        const named = [...attacks(other), ...(tries === 'all' ? attacks(`client-${other}`) : [])]
        const { answers, counted } = await subject.sendAll(
          named.map(([, request]) => signedIn(request, session)),
        )
        const clients = new Map<string, number>()
        for (const answer of answers) {
          if (answer.status !== 200) continue
          const { clientId, sub } = await subject.open(answer)
          clients.set(`${clientId} ${sub}`, (clients.get(`${clientId} ${sub}`) ?? 0) + 1)
        }
        expect([...clients]).toEqual([[`client-${own} alice`, counted.mints]])
      })
    })

    it('one user over the limit is told to wait, and another is not', async () => {
      const subject = bench('limited')
      const statuses: number[] = []
      for (let i = 0; i <= mintsPerMinute; i += 1) {
        statuses.push((await subject.client.send({ headers: as('alice') })).status)
      }
      expect(statuses).toEqual([...Array(mintsPerMinute).fill(200), 429])
      const refused = await subject.client.send({ headers: as('alice') })
      expect(faultsOf(refused, { status: 429, code: 'rate_limited' })).toEqual([])
      const wait = Number(refused.headers['retry-after'])
      expect(wait).toBeGreaterThanOrEqual(1)
      expect(wait).toBeLessThanOrEqual(60)
      expect((await subject.client.send({ headers: as('bob') })).status).toBe(200)
    })

    it('a user whom nothing can be minted for, and a provider that is down, are told apart', async () => {
      const subject = bench('plain')
      const shape = await subject.client.send({ headers: as('browser-shape') })
      expect(faultsOf(shape, { status: 403, code: 'user_not_eligible' })).toEqual([])
      const down = await subject.client.send({ headers: as('provider-down') })
      expect(faultsOf(down, { status: 503, code: 'temporarily_unavailable' })).toEqual([])
      expect(Number(down.headers['retry-after'])).toBeGreaterThanOrEqual(1)
      for (const answer of [shape, down]) expect(answer.text).not.toContain('canary')
    })
  })
}

/** The status with which the framework itself answers this cell, if it does. */
function statusOfFramework(
  cell: { request: { method?: string; body?: unknown; headers?: object }; status: number },
  differences: FrameworkFirst,
): number | undefined {
  const { body, method = 'POST' } = cell.request
  if (cell.status === 405 && differences.otherMethods !== undefined) return differences.otherMethods
  if (!(differences.methodsWithBody ?? ['POST']).includes(method)) return undefined
  const type = typeOf(cell.request)
  const isJson = type?.toLowerCase().startsWith('application/json') === true
  if (body === undefined) return isJson ? differences.emptyJson : undefined
  return isJson ? undefined : statusOfType(differences, type)
}

function typeOf({ headers }: { headers?: object }): string | undefined {
  const type: unknown = Reflect.get(headers ?? {}, 'content-type')
  return typeof type === 'string' ? type : undefined
}

function signedIn<Given extends { headers?: object }>(request: Given, session: string): Given {
  return { ...request, headers: { ...request.headers, ...as(session) } }
}

function definedOnly(headers: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) result[name] = value
  return result
}

function undefinedOnly(headers: Readonly<Record<string, string | undefined>> = {}): string[] {
  return Object.keys(headers).filter((name) => headers[name] === undefined)
}
