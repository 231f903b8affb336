import type { WidgetTokenOptions } from './options.js'
import { defaultUrl } from './request-widget-token.js'
import { Session } from './session.js'

const sessions: Record<string, Session> = {}

/** The one session of this tab for the endpoint and the user, so that all fetchers and keepers share a token. */
export function beginSession(options: WidgetTokenOptions): Session {
  const { url = defaultUrl, userId, userEmail, headers } = options
  // Nobody can say whose session headers stand for: without a user, such a page shares with nobody.
  const user = userId ?? userEmail ?? (headers ? Math.random() : '')
  const name = `${new Request(url).url} ${user}`
  sessions[name] ??= new Session(name)
  return sessions[name].begin(options)
}
