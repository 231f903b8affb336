import type { RunningNext } from '@tesouro-tokens/conformance/next-application'
import { parse } from './flight.js'

/** One browser, signed in from the start. */
export class Visitor {
  readonly #server: RunningNext
  readonly #user: string | undefined

  constructor(server: RunningNext, user?: string) {
    this.#server = server
    this.#user = user
  }

  send(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie: Record<string, string> = this.#user === undefined ? {} : { cookie: `user=${this.#user}` }
    return fetch(this.#server.origin + path, {
      ...init,
      headers: { ...cookie, ...(init.headers as Record<string, string> | undefined) },
    })
  }

  /** What the page shows, with the identifiers of its server actions. */
  async page(path = '/'): Promise<{ shown: string; actions: Record<string, string>; response: Response }> {
    const response = await this.send(path)
    const html = await response.text()
    const [, shown = ''] = /<output>(.*?)<\/output>/s.exec(html) ?? []
    const forms = html.matchAll(/<form[^>]* id="(\w+)"[^>]*>.*?name="\$ACTION_ID_(\w+)"/gs)
    const actions = Object.fromEntries([...forms].map(([, name, id]) => [name, id]))
    return { shown: shown.replaceAll('&quot;', '"'), actions, response }
  }

  /** Calls a server action as the page's script does, and gives what it resolved with. */
  async call(
    id: string | undefined,
    { headers, args = [] }: { headers?: Record<string, string>; args?: readonly unknown[] } = {},
  ): Promise<{ value: unknown; response: Response }> {
    const response = await this.send('/', {
      method: 'POST',
      headers: {
        'next-action': id ?? '',
        accept: 'text/x-component',
        'content-type': 'text/plain;charset=UTF-8',
        ...headers,
      },
      body: JSON.stringify(args),
    })
    return { value: parse(await response.text()), response }
  }

  /** Submits an action's form as a page without script does. */
  submit(id: string | undefined, headers: Record<string, string> = {}): Promise<Response> {
    const body = new FormData()
    body.set(`$ACTION_ID_${id}`, '')
    return this.send('/', { method: 'POST', headers, body })
  }

  /** Which access token an entry of the application uses. */
  async mark(path: string): Promise<string> {
    const response = await this.send(path)
    return ((await response.json()) as { mark: string }).mark
  }
}
