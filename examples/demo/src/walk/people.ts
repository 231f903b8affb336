import type { BrowserAnswer } from './browser.js'
import { Browser } from './browser.js'

/** A customer of the examples with a browser of their own. */
export class Person {
  readonly sub: string
  readonly email: string
  readonly browser: Browser

  constructor(sub: string, email: string, origin: string) {
    this.sub = sub
    this.email = email
    this.browser = new Browser(origin)
  }

  signIn(): Promise<BrowserAnswer> {
    return this.browser.send('/login', { json: { sub: this.sub } })
  }

  signOut(): Promise<BrowserAnswer> {
    return this.browser.send('/logout', { method: 'POST' })
  }

  /** Asks for a widget token in the words of the vendor's `EmbeddedProvider`, in somebody else's name if one is given. */
  mint(as: Person = this): Promise<BrowserAnswer> {
    return this.browser.send('/api/tesouro/widget-token', { json: { userId: as.sub, userEmail: as.email } })
  }

  accounts(): Promise<BrowserAnswer> {
    return this.browser.send('/api/accounts')
  }
}
