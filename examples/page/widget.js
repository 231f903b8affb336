import { describe, startWidget, widgetAccounts } from './requests.js'
import { keepWidgetToken } from './tesouro-tokens-browser/index.js'

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
// Early, so that visitors see the next token come. Without it, a token is renewed shortly before it is over.
const leadSeconds = 20
const ends = {
  not_signed_in: 'Nobody is signed in any more.',
  identity_mismatch: 'Somebody else has signed in, in another tab.',
}

/**
 * `<tesouro-widget>`: stands for the vendor's component. `@tesouro-tokens/browser` keeps a widget token for it, and it
 * shows each to the platform's gateway.
 *
 * Properties, set before it is put into a document: `user` ({ sub, email }), `platform` (origin), `sandbox` (whether
 * the platform is one whose gateway this page knows how to call). Events: `token`, `ended`.
 */
export class TesouroWidget extends HTMLElement {
  #stop = () => {}
  #over = false
  /** Whether this tab has sent the request that the next token comes of. */
  #asked = false
  #shadow = this.attachShadow({ mode: 'open' })

  connectedCallback() {
    this.#over = false
    const styles = [link('base.css'), link('widget.css')]
    // Nothing is drawn before it has its styles: it would move when they come.
    this.style.display = 'none'
    Promise.all(styles.map(loaded)).then(() => this.style.removeProperty('display'))
    this.#shadow.append(
      ...styles,
      template(`
        <header><h1>Accounts</h1><p id="bank"></p></header>
        <p id="state" role="status"></p>
        <ul id="accounts" tabindex="0" aria-label="Accounts" aria-busy="true">${waitingRow.repeat(6)}</ul>
        <footer><span id="of">Total</span><span id="total" class="number"></span></footer>`),
    )
    let count = 0
    this.#stop = keepWidgetToken({
      userId: this.user.sub,
      userEmail: this.user.email,
      leadSeconds,
      // None are added: it is called for each request that this tab sends.
      headers: () => {
        this.#asked = true
        return {}
      },
      onToken: (token) => {
        count += 1
        const lead = Math.min(leadSeconds, token.expiresIn / 2)
        this.#tell('token', { ...token, leadSeconds: lead, again: count > 1, shared: !this.#asked })
        this.#asked = false
        return this.#show(token.widgetToken)
      },
      onSignedOut: (why) => this.#ended(why),
      onError: ({ code }) => {
        this.#asked = false
        this.#say(`No new token: ${code}. It is tried again by itself.`)
      },
    })
  }

  disconnectedCallback() {
    this.#over = true
    this.#stop()
  }

  async #show(widgetToken) {
    if (!this.sandbox) return this.#say('Your own page embeds the vendor’s component here, with this token.')
    let session = await startWidget(this.platform, widgetToken)
    if (!session.ok) return this.#say(describe(session))
    let answer = await widgetAccounts(this.platform, session.body.accessToken)
    if (answer.status === 401) {
      // Its session is over sooner than its token: it takes another one.
      session = await startWidget(this.platform, widgetToken)
      answer = session.ok ? await widgetAccounts(this.platform, session.body.accessToken) : session
    }
    if (!answer.ok) return this.#say(describe(answer))
    if (this.#over) return
    this.#say('')
    this.#find('bank').textContent = session.body.bankName
    this.#find('accounts').ariaBusy = 'false'
    this.#find('accounts').replaceChildren(...answer.body.data.map(row))
    const total = answer.body.data.reduce((sum, { balance }) => sum + Number(balance.current), 0)
    // Not all of them are in sight where the widget is small.
    this.#find('of').textContent = `Total of ${answer.body.data.length}`
    this.#find('total').textContent = dollars.format(total)
  }

  #ended(why) {
    this.#over = true
    this.#find('accounts').replaceChildren()
    this.#find('of').textContent = 'Total'
    this.#find('total').textContent = ''
    this.#find('bank').textContent = ''
    this.#say(ends[why])
    this.#tell('ended', { why })
  }

  /** What is shown already stays: it was true a moment ago. The line has its place even when it says nothing. */
  #say(text) {
    this.#find('state').textContent = text
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  #find(id) {
    return this.#shadow.getElementById(id)
  }
}

const waitingRow = '<li class="waiting" aria-hidden="true"><p><span></span></p><p><span></span></p></li>'

customElements.define('tesouro-widget', TesouroWidget)

function row({ name, type, accountNumber, balance }) {
  const made = template(`
    <li>
      <p><span class="name"></span><span class="amount number"></span></p>
      <p><span class="kind"></span><span class="available number"></span></p>
    </li>`)
  made.querySelector('.name').textContent = name
  made.querySelector('.amount').textContent = dollars.format(Number(balance.current))
  made.querySelector('.kind').textContent = `${type} ${accountNumber}`
  made.querySelector('.available').textContent = `${dollars.format(Number(balance.available))} available`
  return made
}

function link(href) {
  const made = document.createElement('link')
  made.rel = 'stylesheet'
  made.href = href
  return made
}

const loaded = (made) => new Promise((resolve) => made.addEventListener('load', resolve, { once: true }))

/** Markup that stands in this file; whatever comes from outside is put in as text. */
function template(markup) {
  const made = document.createElement('template')
  made.innerHTML = markup
  return made.content
}
