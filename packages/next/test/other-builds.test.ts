import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { describe, expect, onTestFinished, test } from 'vitest'
import { build, folderOf, start } from './next.js'
import { Visitor } from './visitor.js'

describe('a client component that imports the package', () => {
  test.each([
    ['Turbopack', '--turbopack'],
    ['webpack', '--webpack'],
  ])('is built by %s, or fails without saying why', async (_bundler, flag) => {
    const { ok, output } = await build('client-import', {}, flag)
    expect(ok).toBe(false)
    expect(output).toContain('tesouro-tokens runs on the server only')
  })
})

test('with cacheComponents a token or a secret is kept: at build time, or between visitors', async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.close())
  const { ok, output } = await build('cached', { ...sandbox.env, NODE_ENV: 'production' })
  expect(output).not.toMatch(/error/i)
  expect(ok).toBe(true)

  const secrets = Object.entries(sandbox.env).filter(([name]) => /SECRET|KEY$/.test(name))
  expect(secrets.length).toBeGreaterThanOrEqual(3)
  for (const [path, text] of filesOf('cached/.next')) {
    for (const [name, secret] of secrets) {
      expect(text.includes(secret), `${name} stands in ${path}`).toBe(false)
    }
    if (path.startsWith('static/')) expect(text).not.toMatch(/TESOURO_|subject_token|A256KW|tesouro-tokens/)
  }

  const server = await start('cached', sandbox.env)
  onTestFinished(server.close)
  const seen = new Set<string>()
  for (const user of ['alice', 'bob', 'alice']) {
    const visitor = new Visitor(server, user)
    const answer = await visitor.send('/api/widget-token', { method: 'POST' })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const page = await visitor.page()
    expect(page.response.headers.get('cache-control')).toMatch(/private.*no-store/)
    for (const { widgetToken } of [await answer.json(), JSON.parse(page.shown)] as {
      widgetToken: string
    }[]) {
      expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({ sub: user })
      seen.add(widgetToken)
    }
  }
  expect(seen.size).toBe(6)
  expect((await new Visitor(server).page()).shown).toBe('null')
})

/** Everything that a build has left behind, by path, except what speeds the next build up. */
function* filesOf(folder: string): Generator<[path: string, text: string]> {
  const root = folderOf(folder)
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1)
    if (entry.isFile() && !path.startsWith('cache/')) yield [path, readFileSync(join(root, path), 'utf8')]
  }
}
