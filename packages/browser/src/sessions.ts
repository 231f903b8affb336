import type { WidgetTokenOptions } from './options.js'
import { defaultUrl } from './request-widget-token.js'
import { Session } from './session.js'
import { type PageSession, sessions } from './tabs.js'

/** The one session of this page for the endpoint and the user, so that all fetchers and keepers share a token. */
export function sessionOf({ url = defaultUrl, userId, userEmail }: WidgetTokenOptions): PageSession {
  // Nobody can say who is signed in where no user is named: such a session is shared with nobody.
  const name = `${new Request(url).url} ${userId || userEmail || Math.random()}`
  sessions[name] ??= new Session(name)
  return sessions[name]
}
