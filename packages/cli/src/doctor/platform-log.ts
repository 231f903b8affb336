/** The head of an answer of the platform. */
export interface AnswerHead {
  url: URL
  status: number
  /** The media type, without parameters. */
  type: string
  header(name: string): string | null
  /** Milliseconds since the epoch by this machine's clock, in the middle between request and answer. */
  at: number
}

/** A `fetch` that keeps the heads of what comes back: they say what an error of the library leaves out. */
export class PlatformLog {
  readonly #heads: AnswerHead[] = []
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** The last answer; `undefined` when nothing has answered. */
  get last(): AnswerHead | undefined {
    return this.#heads.at(-1)
  }

  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const sentAt = this.#now()
    const answer = await fetch(input, init)
    this.#heads.push({
      url: new URL(answer.url),
      status: answer.status,
      type: (answer.headers.get('content-type') ?? '').replace(/;.*/s, '').trim().toLowerCase(),
      header: (name) => answer.headers.get(name),
      at: (sentAt + this.#now()) / 2,
    })
    return answer
  }
}
