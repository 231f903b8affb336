// What the sandbox remembers of requests.
import { expect, test } from 'vitest'
import { dropOldest } from '../src/drop-oldest.js'
import { startSandbox } from '../src/index.js'
import { call, exchange, userToken } from './partner.js'

test('an answer to a request from before resetStats() is counted, or counts below nought', async () => {
  let arrived = (): void => {}
  let goOn = (): void => {}
  const underWay = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const gate = new Promise<void>((resolve) => {
    goOn = resolve
  })
  await using sandbox = await startSandbox({
    graphql: async () => {
      arrived()
      await gate
      return {}
    },
  })
  const token = await userToken(sandbox)
  sandbox.resetStats()
  const asked = call(sandbox, '/graphql', token, { method: 'POST', json: { query: '{ x }' } })
  await underWay
  expect(sandbox.stats()).toMatchObject({ total: 1, kinds: { graphql: 1 }, statuses: {} })
  expect(Object.keys(sandbox.stats().statuses)).toEqual([])
  sandbox.resetStats()
  goOn()
  expect((await asked).status).toBe(200)
  expect(sandbox.stats().total).toBe(0)
  expect(sandbox.count()).toBe(0)
})

test('requests of one client are counted for another', async () => {
  await using sandbox = await startSandbox({ clients: [{ clientId: 'a' }, { clientId: 'b' }] })
  await exchange(sandbox)
  const of = (clientId: string): number => sandbox.count({ clientId })
  expect([of('a'), of('b'), of('c')]).toEqual([1, 0, 0])
})

test('what is remembered grows without end, or the newest is forgotten first', () => {
  const names = new Map([...'abcd'].map((name) => [name, name]))
  dropOldest(names, 2)
  expect([...names.keys()]).toEqual(['c', 'd'])
  dropOldest(names, 2)
  expect(names.size).toBe(2)
})

test('a body without a type, or of another one, is remembered', async () => {
  await using sandbox = await startSandbox({ recordBodies: true })
  const post = (headers: Record<string, string>): Promise<unknown> =>
    fetch(`${sandbox.baseUrl}/nowhere`, { method: 'POST', headers, body: Buffer.from('{"secret":"canary"}') })
  await post({})
  await post({ 'content-type': 'text/plain' })
  expect(sandbox.requests().map(({ body }) => body)).toEqual([undefined, undefined])
})

test('a member that stands twice in a form is remembered as one', async () => {
  await using sandbox = await startSandbox({ recordBodies: true })
  const body = new URLSearchParams([...Object.entries({ once: '1', more: '2' }), ['more', '3']])
  await fetch(`${sandbox.baseUrl}/nowhere`, { method: 'POST', body })
  expect(sandbox.requests()[0]?.body).toEqual({ once: '1', more: ['2', '3'] })
})

test('a path without end fills the log', async () => {
  const lines: string[] = []
  await using sandbox = await startSandbox({ log: (line) => lines.push(line) })
  await fetch(`${sandbox.baseUrl}/${'a-part/'.repeat(100)}`)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^GET (?:\/a-part)+.{0,7}… → 404 /)
  expect(lines[0]?.length).toBeLessThan(130)
})

test('a host that stands for every address of this machine is given as one that nobody can reach', async () => {
  await using sandbox = await startSandbox({ host: '::' })
  expect(sandbox.baseUrl).toMatch(/^http:\/\/\[::1\]:\d+$/)
  expect((await fetch(`${sandbox.baseUrl}/nowhere`)).status).toBe(404)
})
