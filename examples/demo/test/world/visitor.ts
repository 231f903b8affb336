import type { BrowserContext, BrowserContextOptions, FrameLocator, Locator, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import type { Demo } from './demo.js'

export interface VisitOptions extends BrowserContextOptions {
  /** What the console shall have said at the end, errors and warnings; origins stand as APP, PLATFORM, NEIGHBOUR. */
  notes?: readonly string[]
  /** What it may have said too, depending on what came first. */
  possibleNotes?: readonly string[]
  /** Gives the pages a clock that `later` moves, instead of waiting for tokens to age. */
  clock?: true
}

/** Somebody who looks at the demo, with a browser profile of their own. */
export interface Visitor {
  context: BrowserContext
  page: Page
  /** The embedded widget. */
  widget: FrameLocator
  /** Origin of the page that is none of the application's. */
  neighbour: string
  button(name: string | RegExp): Locator
  /** Moves the clock of the pages, see `clock`. */
  later(seconds: number): Promise<void>
  /** Signs in, and waits until the widget shows accounts. */
  signIn(name: 'Ana' | 'Bruno', page?: Page): Promise<void>
  /** Presses a button of "Try to break it" and waits for what is told. */
  press(name: string | RegExp, told: string): Promise<void>
}

/** Opens the page in a new profile, runs `body`, and checks that the console said nothing but `notes`. */
export async function visit(
  demo: Demo,
  body: (visitor: Visitor) => Promise<void>,
  { notes: expected = [], possibleNotes = [], clock, ...options }: VisitOptions = {},
): Promise<void> {
  const context = await demo.browser.newContext({
    reducedMotion: 'reduce', // a bar that moves all the time is drawn all the time
    ...options,
    proxy: { server: demo.proxy.origin },
  })
  const notes: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      notes.push(`${message.type()}: ${message.text()} @ ${message.location().url}`)
  })
  context.on('weberror', (error) => notes.push(`uncaught: ${error.error().message}`))
  context.on('request', (request) => demo.askedOrigins.add(new URL(request.url()).origin))
  if (clock) await context.clock.install()
  const page = await context.newPage()
  try {
    await page.goto(demo.origin)
    const neighbour = await neighbourOf(page)
    const button: Visitor['button'] = (name) => page.getByRole('button', { name })
    await body({
      context,
      page,
      widget: widgetOf(page),
      neighbour,
      button,
      later: (seconds) => context.clock.fastForward(seconds * 1_000),
      async signIn(name, where = page) {
        await where.getByRole('button', { name: `Sign in as ${name}` }).click()
        await widgetOf(where).getByRole('listitem').first().waitFor()
      },
      async press(name, told) {
        await button(name).click()
        await page.getByTestId('told').getByText(told).waitFor()
      },
    })
    const named = (): string[] =>
      notes
        .map((note) =>
          note
            .replaceAll(demo.origin, 'APP')
            .replaceAll(demo.sandbox.baseUrl, 'PLATFORM')
            .replaceAll(neighbour, 'NEIGHBOUR')
            .replaceAll(neighbour.replace('127.0.0.1', 'localhost'), 'NEIGHBOUR'),
        )
        .filter((note) => !possibleNotes.includes(note))
    // Not `expect.poll`, which hooks may not call: some visits prepare what tests look at.
    await vi.waitFor(() => expect(named().sort()).toEqual([...expected].sort()), 120_000)
  } finally {
    await context.close()
  }
}

function widgetOf(page: Page): FrameLocator {
  return page.getByTitle('Embedded banking widget').contentFrame()
}

async function neighbourOf(page: Page): Promise<string> {
  const answer = await page.evaluate(async (): Promise<unknown> => (await fetch('/api/demo')).json())
  if (typeof answer === 'object' && answer !== null && 'neighbour' in answer) return String(answer.neighbour)
  throw new Error('the demo has started no page of another origin')
}
