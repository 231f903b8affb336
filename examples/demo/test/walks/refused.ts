import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import type { Demo } from '../world/demo.js'
import { answerHidden, preflightRefused, status403 } from '../world/notes.js'

/** A page of another origin gets no token, however it asks. */
export function refusedElsewhere(theDemo: () => Demo, site = 'of another site'): void {
  it(`gives a page ${site} a widget token`, () => {
    const demo = theDemo()
    return demo.visit(
      async ({ page, neighbour, signIn, context }) => {
        await signIn('Ana')
        const other = await context.newPage()
        await other.goto(
          site === 'of the same site' ? neighbour : neighbour.replace('127.0.0.1', 'localhost'),
        )
        await page.close()
        const before = demo.mintAnswers().length
        const got = await askForWidgetToken(other, `${demo.origin}/api/tesouro/widget-token`)
        expect(got).toEqual(['blocked', 'opaque ', 'blocked'])
        // What the first way would have sent came no further than its preflight.
        const from = `\nOrigin: ${new URL(other.url()).origin}\n`
        const answers = demo
          .mintAnswers()
          .slice(before)
          .filter(({ requestHead }) => requestHead.includes(from))
        expect(answers.map(({ status }) => status)).toEqual([403, 403])
      },
      { notes: [...preflightRefused, status403, ...answerHidden] },
    )
  })
}

/** Who asks for somebody else, or by the page's own buttons from elsewhere, gets none either. */
export function refused(theDemo: () => Demo): void {
  let demo: Demo
  beforeAll(() => {
    demo = theDemo()
  })

  it('makes the visitor the other user for naming them', () =>
    demo.visit(
      async ({ page, signIn, press }) => {
        await signIn('Ana')
        const before = demo.mintAnswers().length
        await press('Pretend to be Bruno', 'Refused with 403 identity_mismatch')
        const named = demo
          .mintAnswers()
          .slice(before)
          .filter(({ requestBody }) => Buffer.concat(requestBody).includes('u_bruno'))
        expect(named.map(({ status }) => status)).toEqual([403])
        expect(named.map(({ responseBody }) => String(Buffer.concat(responseBody))).join()).not.toContain(
          'widgetToken',
        )
        await page.getByTestId('timeline').getByText('Refused: identity_mismatch').waitFor()
      },
      { notes: [status403] },
    ))

  it('gives a page of another origin a widget token, by the demo’s own button', () =>
    demo.visit(
      async ({ page, signIn, press }) => {
        await signIn('Ana')
        await press('Mint from another origin', 'No token for')
        await page.getByTestId('timeline').getByText('Refused: origin_not_allowed').first().waitFor()
      },
      { notes: [...preflightRefused, status403] },
    ))
}

/** In the ways that a page has: as JSON, as a simple request, and without a body. */
function askForWidgetToken(page: Page, url: string): Promise<string[]> {
  return page.evaluate(async (target) => {
    const ways: RequestInit[] = [
      { headers: { 'content-type': 'application/json' }, body: '{}' },
      { mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: '{}' },
      {},
    ]
    const got: string[] = []
    for (const way of ways) {
      try {
        const answer = await fetch(target, { method: 'POST', credentials: 'include', ...way })
        got.push(`${answer.type} ${await answer.text()}`)
      } catch {
        got.push('blocked')
      }
    }
    return got
  }, url)
}
