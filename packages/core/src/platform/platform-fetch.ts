import type { Settings } from '../configuration/settings.js'

/** Gives the token to call with; `rejectedToken` asks for another than the one that the platform has just refused. */
export type TokenGetter = (options: {
  rejectedToken?: string | undefined
  signal?: AbortSignal | undefined
}) => Promise<string>

/** `fetch` towards the platform, with a token. */
export type PlatformFetch = (
  input: string | URL | Request,
  init: RequestInit | undefined,
  getToken: TokenGetter,
) => Promise<Response>

export function createPlatformFetch(_parts: {
  settings: Pick<Settings, 'baseUrl' | 'fetch' | 'timeouts'>
}): PlatformFetch {
  throw new Error('under way')
}
