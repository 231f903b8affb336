import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { connectTo } from '@tesouro-tokens/conformance/chromium'
import type { TesouroTokensEvent } from '@tesouro-tokens/core'
import type { Browser } from 'playwright-core'
import { inject } from 'vitest'
import type { ExampleName } from '../../src/examples.js'
import { type Stage, startStage } from '../../src/stage.js'
import { type Exchange, type RecordingProxy, startRecordingProxy } from './recording-proxy.js'
import { type VisitOptions, type Visitor, visit } from './visitor.js'

/** Long enough for every test to be over, so that an exchange happens only where a test is about one. */
const accessTokenSeconds = 600
/** The shortest that there is: the widget asks for another one every five seconds. */
const widgetTokenSeconds = 10

/** The demo as `npm run demo` starts it, and a way to it on which every byte is kept. */
export interface Demo extends Pick<Stage, 'sandbox' | 'whatNotToDo'> {
  origin: string
  /** Known only to the environment of the server. */
  canaries: { sessionSecret: string; environment: string }
  browser: Browser
  proxy: RecordingProxy
  /** Of everything that a page has asked for, answered or not. */
  askedOrigins: Set<string>
  /** What the server printed. */
  lines: readonly string[]
  /** Events of the library, from the server's output. */
  events(): TesouroTokensEvent[]
  /** Answers so far to requests for widget tokens. */
  mintAnswers(): Exchange[]
  stopServer(): Promise<void>
  visit(body: (visitor: Visitor) => Promise<void>, options?: VisitOptions): Promise<void>
  close(): Promise<void>
}

export async function startDemo(example: ExampleName): Promise<Demo> {
  const canaries = {
    sessionSecret: `canary-session-${randomBytes(24).toString('base64url')}`,
    environment: `canary-environment-${randomBytes(24).toString('base64url')}`,
  }
  process.env.SESSION_SECRET = canaries.sessionSecret
  process.env.OTHER_SECRET = canaries.environment
  const lines: string[] = []
  const stage = await startStage({
    example,
    usualPorts: false,
    lives: { widgetTokenSeconds, accessTokenSeconds },
    onPlatformLine: () => {},
    onExampleLine: (line) => lines.push(line),
  })
  const proxy = await startRecordingProxy()
  const browser = await connectTo(inject('browser'))
  const { origin } = stage.example
  const demo: Demo = {
    sandbox: stage.sandbox,
    whatNotToDo: stage.whatNotToDo,
    origin,
    canaries,
    browser,
    proxy,
    askedOrigins: new Set(),
    lines,
    events: () => lines.filter((line) => line.startsWith('{"type":')).map((line) => JSON.parse(line)),
    mintAnswers: () =>
      proxy.exchanges.filter(
        ({ url, method }) => method === 'POST' && url.href === `${origin}/api/tesouro/widget-token`,
      ),
    stopServer: stage.example.stop,
    visit: (body, options) => visit(demo, body, options),
    close: async () => {
      await browser.close()
      proxy.close()
      await stage.close()
    },
  }
  return demo
}
