import { readdir, readFile } from 'node:fs/promises'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { expect, test } from 'vitest'
import { serveSessions } from './program.js'

const post = (url: string, more: RequestInit = {}): Promise<Response> =>
  fetch(url, { method: 'POST', ...more })

test.each(['passport', 'iron-session', 'nestjs-jwt'])(
  'the file for %s mints for nobody, for somebody who has signed out, or keeps their access tokens',
  async (name) => {
    await using sandbox = await startSandbox()
    const { origin, forgotten } = await serveSessions(name, sandbox.env)
    const endpoint = `${origin}/api/tesouro/widget-token`
    expect((await post(endpoint)).status).toBe(401)
    expect((await post(endpoint, { headers: { cookie: 'session=forged; connect.sid=forged' } })).status).toBe(
      401,
    )
    const enter = (password: string): Promise<Response> =>
      post(`${origin}/sign-in`, { body: new URLSearchParams({ username: 'alice', password }) })
    expect((await enter('wrong')).status).toBe(401)

    const [session = ''] = (await enter('secret')).headers.getSetCookie()
    expect(session).toMatch(/HttpOnly/)
    const headers = { cookie: session.split(';', 1)[0] ?? '' }
    const answer = await post(endpoint, {
      headers: { ...headers, 'content-type': 'application/json', origin },
      body: JSON.stringify({ userId: 'alice', userEmail: 'alice@example.com' }),
    })
    expect(answer.status).toBe(200)
    const { widgetToken } = (await answer.json()) as { widgetToken: string }
    expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({
      sub: 'alice',
      email: 'alice@example.com',
    })

    const out = await post(`${origin}/sign-out`, { headers })
    expect(out.status).toBe(204)
    const [left = 'session='] = out.headers.getSetCookie()
    expect((await post(endpoint, { headers: { cookie: left.split(';', 1)[0] ?? '' } })).status).toBe(401)
    expect(await forgotten()).toBe('ok')
  },
)

test('the file for Auth.js mints for nobody, for somebody who has signed out, or keeps their access tokens', async () => {
  await using sandbox = await startSandbox()
  const { origin, forgotten } = await serveSessions('authjs', sandbox.env)
  const cookies = new Map<string, string>()
  const browse = async (path: string, form?: Record<string, string>): Promise<Response> => {
    const headers = { cookie: [...cookies].map((each) => each.join('=')).join('; ') }
    const more = form && { method: 'POST', body: new URLSearchParams(form) }
    const response = await fetch(origin + path, { headers, redirect: 'manual', ...more })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }
  const act = async (path: string, form: Record<string, string> = {}): Promise<void> => {
    const { csrfToken } = (await (await browse('/auth/csrf')).json()) as { csrfToken: string }
    expect((await browse(path, { csrfToken, ...form })).status).toBe(302)
  }
  const enter = (password: string) => act('/auth/callback/credentials', { username: 'alice', password })
  const mint = (): Promise<Response> => {
    const headers = { cookie: [...cookies].map((each) => each.join('=')).join('; ') }
    return post(`${origin}/api/tesouro/widget-token`, { headers })
  }

  expect((await mint()).status).toBe(401)
  cookies.set('authjs.session-token', 'forged')
  expect((await mint()).status).toBe(401)
  await enter('wrong')
  expect((await mint()).status).toBe(401)
  await enter('secret')
  const answer = await mint()
  expect(answer.status).toBe(200)
  const { widgetToken } = (await answer.json()) as { widgetToken: string }
  const opened = { sub: 'alice', email: 'alice@example.com' }
  expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject(opened)
  await act('/auth/signout')
  expect((await mint()).status).toBe(401)
  expect(await forgotten()).toBe('ok')
})

test('a printed session and the one that is tested drift apart', async () => {
  const page = await readFile(new URL('../../../docs/sessions.md', import.meta.url), 'utf8')
  for (const name of await readdir(new URL('../sessions', import.meta.url))) {
    const file = await readFile(new URL(`../sessions/${name}`, import.meta.url), 'utf8')
    expect(page).toContain(`\`\`\`ts\n${file}\`\`\``)
  }
})
