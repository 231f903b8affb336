import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { readTracked } from '../../src/markdown.js'
import { printedFiles, startNextProgram } from './next-program.js'
import { tryProgram } from './program.js'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.close())

test('a reader whose package.json was written by npm init is not told why Next.js refuses it', () => {
  for (const page of ['docs/start.md', 'packages/next/README.md']) {
    expect(readTracked(page).replaceAll(/\s+/g, ' ')).toContain('`npm init` writes `"type": "commonjs"`')
  }
})

test('the quick start for Next.js does not run where npm installed the packages', async () => {
  const files = printedFiles('docs/start.md')
  expect(Object.keys(files)).toHaveLength(6)
  await using program = await startNextProgram({
    folder: inject('npmFolder'),
    name: 'quick-start',
    files,
    env: { ...sandbox.env, SESSION_SECRET: 'a secret of more than thirty-two characters' },
  })
  await tryProgram(program, sandbox)
})

/** What the page says is the reader's own: here a cookie names the user. */
const own = {
  'lib/session.ts': `import { cookies } from 'next/headers'
export async function currentUser() {
  const sub = (await cookies()).get('user')?.value
  return sub === undefined ? null : { sub, email: sub + '@example.com' }
}
export async function endSession() {
  (await cookies()).delete('user')
}`,
  'lib/session-of-request.ts': `export const userOf = ({ cookies: { user } }) =>
  user === undefined ? null : { sub: user, email: user + '@example.com' }`,
  'app/widget.tsx': `'use client'
export function Widget({ initialToken }) {
  return <output>{initialToken?.widgetToken}</output>
}`,
}

test("the Next.js package's page prints files that do not run", async () => {
  const { 'pages/api/tesouro/widget-token.ts': apiRoute = '', ...printed } =
    printedFiles('packages/next/README.md')
  expect(Object.keys(printed)).toHaveLength(7)
  await using program = await startNextProgram({
    folder: inject('npmFolder'),
    name: 'next-page',
    // Next refuses to have the endpoint twice at one path
    files: { ...own, ...printed, 'pages/api/pages-router/widget-token.ts': apiRoute },
    env: sandbox.env,
  })
  const headers = { cookie: 'user=alice' }
  const send = (path: string, init?: RequestInit): Promise<Response> => fetch(program.address + path, init)

  const tokens: string[] = []
  for (const path of ['/api/tesouro/widget-token', '/api/pages-router/widget-token']) {
    expect((await send(path, { method: 'POST' })).status).toBe(401)
    const answer = await send(path, { method: 'POST', headers })
    tokens.push(((await answer.json()) as { widgetToken: string }).widgetToken)
  }
  const page = await (await send('/', { headers })).text()
  tokens.push(/<output>([\w.-]+)<\/output>/.exec(page)?.[1] ?? '')
  for (const token of tokens) expect(await sandbox.openWidgetToken(token)).toMatchObject({ sub: 'alice' })

  expect(await (await send('/accounts', { headers })).text()).toContain('&quot;data&quot;')
  expect((await send('/api/sign-out', { method: 'POST', headers })).status).toBe(204)
})
