import { describe, mint, startWidget, widgetAccounts } from './requests.js'

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
const longestLeadSeconds = 120
const retrySeconds = 5

/**
 * `<tesouro-widget>`: stands for the vendor's component. It asks the page's own server for a widget token, shows it to
 * the platform's gateway, and asks for another one some time before the token is over.
 *
 * Properties, set before it is put into a document: `user` ({ sub, email }), `platform` (origin), `sandbox` (whether
 * the platform is one whose gateway this page knows how to call). Events: `token`, `problem`.
 */
export class TesouroWidget extends HTMLElement {
  #timer
  #shadow = this.attachShadow({ mode: 'open' })

  connectedCallback() {
    this.#shadow.append(
      link('base.css'),
      link('widget.css'),
      template(`
        <header><h1>Accounts</h1><p id="bank">&nbsp;</p></header>
        <p id="state" role="status">Starting…</p>
        <ul id="accounts" tabindex="0" aria-label="Accounts"></ul>
        <footer><span>Total</span><span id="total" class="number">–</span></footer>`),
    )
    this.#load(false)
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
  }

  async #load(again) {
    const minted = await mint(this.user)
    if (!this.isConnected) return
    if (!minted.ok) return this.#failed(minted)
    const { widgetToken, exp, expiresIn } = minted.body
    const leadSeconds = Math.min(longestLeadSeconds, expiresIn / 2)
    this.#later(true, expiresIn - leadSeconds)
    this.#tell('token', { widgetToken, exp, expiresIn, leadSeconds, again, ms: minted.ms })
    if (this.sandbox) await this.#show(widgetToken)
    else this.#say('Your own page embeds the vendor’s component here, with this token.')
  }

  async #show(widgetToken) {
    const session = await startWidget(this.platform, widgetToken)
    if (!session.ok) return this.#problem(session)
    const answer = await widgetAccounts(this.platform, session.body.accessToken)
    if (!answer.ok) return this.#problem(answer)
    this.#say('')
    this.#find('bank').textContent = session.body.bankName
    this.#find('accounts').replaceChildren(...answer.body.data.map(row))
    const total = answer.body.data.reduce((sum, { balance }) => sum + Number(balance.current), 0)
    this.#find('total').textContent = dollars.format(total)
  }

  #failed(answer) {
    if (answer.status === 401 || answer.status === 403) {
      this.#find('accounts').replaceChildren()
      this.#find('total').textContent = '–'
    } else this.#later(true, answer.retryAfter ?? retrySeconds)
    this.#problem(answer)
  }

  /** What is shown already stays: it was true a moment ago. */
  #problem(answer) {
    this.#say(describe(answer))
    this.#tell('problem', { status: answer.status, code: answer.body?.code })
  }

  #later(again, seconds) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#load(again), seconds * 1000)
  }

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

/** Markup that stands in this file; whatever comes from outside is put in as text. */
function template(markup) {
  const made = document.createElement('template')
  made.innerHTML = markup
  return made.content
}
