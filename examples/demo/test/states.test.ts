import type { Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Demo, startDemo } from './world/demo.js'
import { door, type InTabs, open, says, signIn, visitAsAna } from './world/tabs.js'

// What the page says is true in every state.

const widgetToken = '/api/tesouro/widget-token'

describe.skipIf(inject('browser') === '')('the page', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo('express')
  })
  afterAll(() => demo.close())

  const asAna = (body: InTabs): Promise<void> => visitAsAna(demo, body)

  it('does not show what the published snippet gives away, or gives it away itself', async () => {
    const context = await demo.browser.newContext()
    const page = await open(demo, context)
    await page.getByRole('button', { name: 'Attack the published snippet' }).click()
    await says(page, 'snippet-got', 'You are Bruno now')
    expect(await page.getByTestId('snippet-got').textContent()).toMatch(/showed \d accounts with \$/)
    await page.getByRole('button', { name: 'Attack tesouro-tokens' }).click()
    await says(page, 'ours-got', 'No token')
    expect(await page.getByTestId('ours-got').textContent()).toContain('401 not_signed_in')
    await context.close()
  })

  it('shows the snippet’s answer to pages of other origins, or hides what its endpoint is', async () => {
    const { origin } = demo.whatNotToDo
    const answer = await fetch(`${origin}/what-not-to-do/widget-token`, { method: 'OPTIONS' })
    expect(answer.headers.get('access-control-allow-origin')).toBe(demo.origin)
    expect(origin).not.toBe(demo.origin)
    expect((await fetch(`${origin}/api/tesouro/widget-token`, { method: 'POST' })).status).toBe(404)
  })

  it('leaves another tab signed in after a logout, or does not tell it why', () =>
    asAna(async (page, context) => {
      const other = await open(demo, context)
      await other.frameLocator('iframe').getByRole('listitem').first().waitFor()
      await page.getByRole('button', { name: 'Log out' }).click()
      await says(page, 'farewell', 'You are logged out, in every tab')
      await says(other, 'farewell', 'Ana is not signed in any more')
    }))

  it('goes on showing a user when somebody else has signed in elsewhere', () =>
    asAna(async (page, context) => {
      const other = await context.newPage()
      await other.goto(`${demo.origin}/icon.svg`) // a page of this origin that announces nothing
      await other.evaluate(() =>
        fetch('/login', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"sub":"u_bruno"}',
        }),
      )
      await says(page, 'farewell', 'Bruno has signed in, in another tab')
      expect(await page.getByTestId('who').textContent()).toBe('')
    }))

  it('goes on showing a user whose session has ended on the server', () =>
    asAna(async (page, context) => {
      await context.clearCookies()
      await says(page, 'farewell', 'Ana is not signed in any more')
    }))

  it('shows a token that was under way at the logout', () =>
    asAna(async (page) => {
      let held: (() => void) | undefined
      await page.route(`**${widgetToken}`, async (route) => {
        const answer = await route.fetch()
        await new Promise<void>((resolve) => {
          held = resolve
        })
        await route.fulfill({ response: answer }).catch(() => {})
      })
      await expect.poll(() => held !== undefined).toBe(true)
      await page.getByRole('button', { name: 'Log out' }).click()
      await says(page, 'farewell', 'You are logged out')
      held?.()
      await door(page)
      expect(await page.getByTestId('life-left').textContent()).toBe('not minted yet')
      expect(await page.getByTestId('mints').textContent()).toBe('')
      expect(page.frames()).toHaveLength(1)
    }))

  it('shows what was begun before the logout: an opened token, what came of a button', () =>
    asAna(async (page) => {
      const held: Promise<void>[] = []
      let release = (): void => {}
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      const hold = async (route: Route): Promise<void> => {
        const answer = await route.fetch()
        held.push(released.then(() => route.fulfill({ response: answer })).catch(() => {}))
      }
      await page.route('**/__sandbox/open', hold)
      await page.route(
        (url) => url.pathname === widgetToken,
        (route) => (route.request().postData()?.includes('u_bruno') ? hold(route) : route.continue()),
      )
      await page.getByRole('button', { name: 'Pretend to be Bruno' }).click()
      await expect.poll(() => held.length).toBeGreaterThanOrEqual(2)
      await page.getByRole('button', { name: 'Log out' }).click()
      await says(page, 'farewell', 'You are logged out')
      release()
      await Promise.all(held)
      await page.evaluate(() => fetch('/api/demo'))
      for (const testId of ['opened', 'told', 'who'])
        expect(await page.getByTestId(testId).textContent()).toBe('')
    }))

  it('goes on with a sign-in that a logout has overtaken', async () => {
    const context = await demo.browser.newContext()
    await context.clock.install()
    const page = await open(demo, context)
    await page.route('**/api/demo/events', () => {}) // it is never answered: the page waits a moment for it
    const asked: string[] = []
    await page.getByRole('button', { name: 'Sign in as Ana' }).click()
    await page.getByRole('button', { name: 'Log out' }).click()
    await says(page, 'farewell', 'You are logged out')
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await context.clock.fastForward(5_000)
    await page.evaluate(() => fetch('/icon.svg'))
    expect(asked).toEqual(['/icon.svg'])
    expect(page.frames()).toHaveLength(1)
    await context.close()
  })

  it('keeps something of the user when the browser puts it away, or shows it when it is taken out again', () =>
    asAna(async (page) => {
      // Chromium puts no page away whose answers say no-store. Others do.
      const turn = (type: string): Promise<void> =>
        page.evaluate((name) => void dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type)
      await turn('pagehide')
      for (const testId of ['opened', 'who', 'server-answer', 'mints', 'timeline'])
        expect([testId, await page.getByTestId(testId).textContent()]).toEqual([testId, ''])
      expect(page.frames()).toHaveLength(1)
      const loaded = page.waitForEvent('load')
      await page.context().clearCookies()
      await turn('pageshow').catch(() => {}) // it is gone
      await loaded
      await door(page)
    }))

  it('shows an empty card until the accounts arrive', async () => {
    const context = await demo.browser.newContext()
    const page = await open(demo, context)
    let arrive = (): void => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    await page.route('**/api/widget-gateway/init', (route) => arrived.then(() => route.continue()))
    await page.getByRole('button', { name: 'Sign in as Ana' }).click()
    const accounts = page.frameLocator('iframe').locator('#accounts')
    await accounts.and(page.frameLocator('iframe').locator('[aria-busy=true]')).waitFor()
    expect(await accounts.locator('.waiting').count()).toBe(6)
    arrive()
    await accounts.and(page.frameLocator('iframe').locator('[aria-busy=false]')).waitFor()
    expect(await accounts.locator('.waiting').count()).toBe(0)
    await context.close()
  })

  it('moves something when content arrives, or is taller than two screens of a phone', async () => {
    for (const viewport of [
      { width: 390, height: 844 },
      { width: 1280, height: 900 },
    ]) {
      const context = await demo.browser.newContext({ viewport })
      await context.addInitScript(() => {
        const moved: string[] = []
        Object.assign(window, { moved })
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const { value, sources } = entry as PerformanceEntry & {
              value: number
              sources: { node?: Element; previousRect: DOMRect; currentRect: DOMRect }[]
            }
            const what = sources.map(({ node, previousRect, currentRect }) =>
              [node?.id || node?.nodeName, previousRect, currentRect]
                .map((one) => JSON.stringify(one))
                .join(' '),
            )
            moved.push(`${location.pathname}: ${value.toFixed(4)} ${what.join(', ')}`)
          }
        }).observe({ type: 'layout-shift', buffered: true })
      })
      await context.clock.install()
      const page = await open(demo, context)
      await page.getByRole('button', { name: 'Attack the published snippet' }).click()
      await says(page, 'snippet-got', 'You are Bruno now')
      await page.getByRole('button', { name: 'Attack tesouro-tokens' }).click()
      await says(page, 'ours-got', 'No token')
      await signIn(page, 'Ana')
      for (const nth of [0, 1]) {
        await context.clock.fastForward(6_000)
        await page.getByTestId('mints').getByText('Refreshed').nth(nth).waitFor()
      }
      await page.getByRole('button', { name: 'Pretend to be Bruno' }).click()
      await says(page, 'told', 'Refused with 403')
      const moved = await Promise.all(page.frames().map((frame) => frame.evaluate('moved')))
      expect(moved.flat()).toEqual([])
      const height = await page.evaluate(() => document.documentElement.scrollHeight)
      expect(height).toBeLessThanOrEqual(viewport.height * 2)
      await context.close()
    }
  })
})
