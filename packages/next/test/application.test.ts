import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningNext } from '@tesouro-tokens/conformance/next-application'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folderOf, start } from './next.js'
import { Visitor } from './visitor.js'

const entries = ['/api/route/accounts', '/api/pages/accounts'] as const

let sandbox: Sandbox
let server: RunningNext
beforeAll(async () => {
  sandbox = await startSandbox({ accessTokenLifetimeSeconds: 3_600 })
  server = await start('app', sandbox.env)
})
afterAll(async () => {
  await server?.close()
  await sandbox?.close()
})

const exchangesOf = (user: string): number => sandbox.count({ kind: 'token_exchange', user })

describe('one instance for the whole process', () => {
  test('each kind of entry makes an exchange of its own for the same user', async () => {
    const visitor = new Visitor(server, 'cold')
    const { actions } = await new Visitor(server, 'somebody-else').page()
    const calls = Array.from({ length: 25 }, () => [
      ...entries.map((entry) => visitor.mark(entry)),
      visitor.page().then(({ shown }) => shown),
      visitor.call(actions.mark).then(({ value }) => (value as { mark: string }).mark),
    ]).flat()
    expect(calls).toHaveLength(100)
    expect(new Set(await Promise.all(calls)).size).toBe(1)
    expect(exchangesOf('cold')).toBe(1)
    expect(server.said().match(/an instance is made/g)).toHaveLength(1)
  })

  test('a logout in an action leaves the tokens of routes, pages and pages/api in use', async () => {
    for (const entry of [...entries, 'page'] as const) {
      const name = `leaver${entry.replaceAll('/', '-')}`
      const visitor = new Visitor(server, name)
      const { actions, shown } = await visitor.page()
      for (const other of entries) expect(await visitor.mark(other)).toBe(shown)
      expect(exchangesOf(name)).toBe(1)

      await visitor.submit(actions.signOut)
      const after = entry === 'page' ? (await visitor.page()).shown : await visitor.mark(entry)
      expect(after).toMatch(/^[0-9a-f]{16}$/)
      expect(after).not.toBe(shown)
      expect(exchangesOf(name)).toBe(2)
    }
  })

  test('on Edge, a token that grows old is not renewed behind the answer', async () => {
    const visitor = new Visitor(server, 'edge')
    const first = await visitor.mark('/api/edge/accounts')
    // 3,600 s of life and a window of at most 300 s: in its first half nothing is renewed before an answer.
    const inWindow = (3_600 - 220) * 1_000
    expect(await visitor.mark(`/api/edge/accounts?offset=${inWindow}`)).toBe(first)
    await expect.poll(() => exchangesOf('edge')).toBe(2)
    await expect.poll(() => visitor.mark(`/api/edge/accounts?offset=${inWindow}`)).not.toBe(first)
  })
})

describe('the action', () => {
  const sameOrigin = { 'sec-fetch-site': 'same-origin' }

  test('mints for somebody else, or for nobody', async () => {
    const visitor = new Visitor(server, 'alice')
    const { actions } = await visitor.page()
    const args = [{ sub: 'bob', email: 'bob@bank.example' }, 'bob']
    const { value, response } = await visitor.call(actions.mint, { headers: sameOrigin, args })
    const { widgetToken, exp } = value as { widgetToken: string; exp: number }
    expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({
      sub: 'alice',
      email: 'alice@bank.example',
      exp,
    })
    expect(response.headers.get('cache-control')).toContain('no-store')

    const nobody = await new Visitor(server).call(actions.mint, { headers: sameOrigin })
    expect(nobody.value).toMatchObject({ status: 401, code: 'not_signed_in' })
  })

  test.each<Record<string, string>>([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null', 'sec-fetch-site': 'same-origin' },
  ])('mints for another site: %o', async (headers) => {
    const visitor = new Visitor(server, 'alice')
    const { actions } = await visitor.page()
    const { value } = await visitor.call(actions.mint, { headers })
    expect(JSON.stringify(value ?? '')).not.toContain('widgetToken')
    if (headers.origin === undefined) expect(value).toMatchObject({ status: 403, code: 'origin_not_allowed' })
  })

  test('throws where a user can do nothing about it, or forgets the limit', async () => {
    const visitor = new Visitor(server, 'hasty')
    const { actions } = await visitor.page()
    const codes: unknown[] = []
    for (let i = 0; i < 6; i += 1) {
      const { value } = await visitor.call(actions.mint, { headers: sameOrigin })
      codes.push((value as { code?: string }).code)
    }
    expect(codes).toEqual([...Array(5).fill(undefined), 'rate_limited'])
  })

  test('fails when a page without script submits it', async () => {
    const visitor = new Visitor(server, 'plain-form')
    const { actions } = await visitor.page()
    expect((await visitor.submit(actions.mint, sameOrigin)).status).toBe(200)
  })
})

describe('the first token of a page', () => {
  test('is kept, is for somebody else, or is missing for a visitor who came by a link', async () => {
    const alice = new Visitor(server, 'alice')
    const { shown, response } = await alice.page('/initial')
    const { widgetToken } = JSON.parse(shown) as { widgetToken: string }
    expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({ sub: 'alice' })
    expect(response.headers.get('cache-control')).toMatch(/private.*no-store/)

    const linked = await alice.send('/initial', { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(await linked.text()).toContain('widgetToken')
    const again = JSON.parse((await alice.page('/initial')).shown) as { widgetToken: string }
    expect(again.widgetToken).not.toBe(widgetToken)
  })

  test('breaks the page when there is none', async () => {
    expect((await new Visitor(server).page('/initial')).shown).toBe('null')
    const hasty = new Visitor(server, 'hasty')
    const shown: unknown[] = []
    for (let i = 0; i < 4; i += 1) shown.push(JSON.parse((await hasty.page('/initial')).shown))
    expect(shown.map((token) => token === null)).toEqual([false, false, false, true])
  })
})

test('server code is in what a browser loads', () => {
  const folder = join(folderOf('app'), '.next/static')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) {
    const text = readFileSync(join(file.parentPath, file.name), 'utf8')
    expect(text).not.toMatch(/TESOURO_|subject_token|A256KW|tesouro-tokens/)
  }
})
