import { expectEqual, expectThat } from '../expect.js'
import type { Step } from '../step.js'

export const signIn: Step = {
  name: 'sign-in',
  async run({ ana, bruno }) {
    const page = await ana.browser.send('/')
    expectEqual('status of the page', page.status, 200)
    const policy = String(page.headers['content-security-policy'])
    expectThat('the page allows no inline script', policy.includes("script-src 'self'"), policy)

    expectEqual('accounts before the sign-in: status', (await ana.accounts()).status, 401)
    expectEqual('widget token before the sign-in: status', (await ana.mint()).status, 401)

    const answer = await ana.signIn()
    expectEqual('status of POST /login', answer.status, 200)
    const [cookie = ''] = answer.headers['set-cookie'] ?? []
    expectThat('scripts cannot read the session cookie', /;\s*HttpOnly/i.test(cookie), 'no HttpOnly')
    expectThat('other sites cannot send it along', /;\s*SameSite=(Lax|Strict)/i.test(cookie), 'no SameSite')

    const [name = ''] = cookie.split('=', 1)
    const planted = ana.browser.cookie(name)
    await ana.signIn()
    expectThat('a sign-in starts a new session', ana.browser.cookie(name) !== planted, 'the same session id')

    const strange = await bruno.browser.send('/login', { method: 'POST', from: 'https://elsewhere.example' })
    expectEqual('sign-in from a page of another site: status', strange.status, 403)
    return `401 before it; POST /login → ${answer.status}, a new HttpOnly SameSite cookie`
  },
}
