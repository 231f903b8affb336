import type { IncomingMessage } from 'node:http'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { afterAll, beforeAll } from 'vitest'

export type Tenant = 'north' | 'south'

/** What the platform knows of a tenant, and how its application finds its users: by a cookie, `alice` or `alice@south`. */
export class Tenants {
  #sandbox: Sandbox | undefined

  async start(): Promise<void> {
    this.#sandbox = await startSandbox({
      clients: [{ clientId: 'client-north' }, { clientId: 'client-south' }],
    })
  }

  get sandbox(): Sandbox {
    if (!this.#sandbox) throw new Error('the sandbox has not started')
    return this.#sandbox
  }

  clientOf(tenant: Tenant) {
    return { ...this.sandbox.client(`client-${tenant}`).options, tenant }
  }

  optionsOf(tenant: Tenant) {
    return {
      ...this.clientOf(tenant),
      onError: () => {},
      getUser: ({ headers }: IncomingMessage) => {
        const [sub, of] = String(headers.cookie ?? '').split('@')
        return sub === '' || sub === undefined
          ? null
          : { sub, email: `${sub}@example.com`, tenant: of ?? tenant }
      },
    }
  }

  registrationOf(tenant: Tenant) {
    return { ...this.optionsOf(tenant), name: tenant, path: `${tenant}/widget-token` }
  }

  /** What the widget token in an answer holds. */
  async open(answer: Response) {
    const { widgetToken } = (await answer.json()) as { widgetToken: string }
    return this.sandbox.openWidgetToken(widgetToken)
  }
}

/** Two tenants on one platform, for the tests of a file. */
export function openTenants(): Tenants {
  const tenants = new Tenants()
  beforeAll(() => tenants.start())
  afterAll(() => tenants.sandbox.close())
  return tenants
}

export const post = (url: string, headers: Record<string, string> = {}, body?: object): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
