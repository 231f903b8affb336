import type { OpenedWidgetToken, Sandbox } from '@tesouro-tokens/sandbox'
import { expect } from 'vitest'
import { type RawAnswer, RawClient, type RawRequest } from './client.js'
import { auditor, type Counted, sessionHeader } from './subject.js'

/** One running adapter under test, and what can be asked about it from outside. */
export class Bench {
  readonly #sandbox: Sandbox
  readonly #close: () => Promise<void>
  readonly client: RawClient

  constructor(sandbox: Sandbox, running: { url: string; close: () => Promise<void> }) {
    this.#sandbox = sandbox
    this.#close = running.close
    this.client = new RawClient(running.url)
  }

  /** The token in an answer, opened by the platform that it is for. */
  async open(answer: RawAnswer): Promise<OpenedWidgetToken> {
    const { widgetToken } = answer.json as { widgetToken: string }
    return this.#sandbox.openWidgetToken(widgetToken)
  }

  /** What the process of the subject has counted so far: told in a token, so that it works from outside. */
  async counted(): Promise<Counted> {
    const answer = await this.client.send({ headers: { [sessionHeader]: auditor } })
    expect(answer.status).toBe(200)
    return (await this.open(answer)).claims.counted as unknown as Counted
  }

  /** Sends requests, a few at a time, and tells how much was counted meanwhile. */
  async sendAll(requests: readonly RawRequest[]): Promise<{ answers: RawAnswer[]; counted: Counted }> {
    const before = await this.counted()
    const answers: RawAnswer[] = []
    const waiting = requests.entries()
    const work = async (): Promise<void> => {
      for (const [index, request] of waiting) answers[index] = await this.client.send(request)
    }
    await Promise.all([work(), work(), work(), work()])
    const after = await this.counted()
    return {
      answers,
      counted: {
        mints: after.mints - before.mints,
        lookups: after.lookups - before.lookups,
        errors: after.errors - before.errors,
      },
    }
  }

  async close(): Promise<void> {
    this.client.close()
    await this.#close()
  }
}
