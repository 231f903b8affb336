import { describe, mint, send, startWidget, widgetAccounts } from './requests.js'

const element = (id) => document.getElementById(id)
const demo = await (await fetch('/api/demo')).json()
let user = demo.user

element('customers').append(
  ...demo.customers.map((customer) => button(`Sign in as ${customer.name}`, () => signIn(customer))),
)
run(element('sign-out'), signOut)
run(element('load-widget'), loadWidget)
run(element('load-accounts'), loadAccounts)
run(element('pretend'), pretend)
await show()

async function signIn({ sub }) {
  const { ok, body } = await send('POST', '/login', { sub })
  if (ok) user = body
  await show()
}

async function signOut() {
  await send('POST', '/logout')
  user = null
  await show()
}

async function show() {
  element('welcome').hidden = user !== null
  element('desk').hidden = user === null
  element('sign-out').hidden = user === null
  element('who').textContent = user ? `${user.name} · ${user.email}` : ''
  element('pretend-answer').hidden = true
  clear('widget')
  clear('server')
  if (!user) return
  element('pretend').textContent = `Ask for a widget token for ${other().name}`
  await Promise.all([loadWidget(), loadAccounts()])
}

const other = () => demo.customers.find(({ sub }) => sub !== user.sub)

async function loadWidget() {
  clear('widget')
  const minted = await mint(user)
  if (!minted.ok) return fail('widget', minted)
  const { widgetToken, exp } = minted.body
  const started = await startWidget(demo.platform, widgetToken)
  if (!started.ok) return fail('widget', started)
  facts('widget', {
    'Widget token': `${widgetToken.slice(0, 12)}… (${widgetToken.length} characters)`,
    'Good until': new Date(exp * 1000).toLocaleTimeString(),
    Bank: started.body.bankName,
    'You are': started.body.userId,
  })
  const answer = await widgetAccounts(demo.platform, started.body.accessToken)
  if (!answer.ok) return fail('widget', answer)
  list('widget', answer.body.data)
}

async function loadAccounts() {
  clear('server')
  const answer = await send('GET', '/api/accounts')
  if (!answer.ok) return fail('server', answer)
  facts('server', { 'Answered in': `${answer.ms} ms`, Accounts: String(answer.body.data.length) })
  list('server', answer.body.data)
}

async function pretend() {
  const answer = await mint(other())
  element('pretend-answer').hidden = false
  element('pretend-answer').textContent = `${answer.status}\n${JSON.stringify(answer.body, null, 2)}`
}

function clear(side) {
  element(`${side}-problem`).hidden = true
  for (const part of ['facts', 'accounts']) element(`${side}-${part}`).replaceChildren()
}

function fail(side, answer) {
  element(`${side}-problem`).hidden = false
  element(`${side}-problem`).textContent = describe(answer)
}

function facts(side, pairs) {
  const rows = Object.entries(pairs).flatMap(([name, value]) => [node('dt', name), node('dd', value)])
  element(`${side}-facts`).replaceChildren(...rows)
}

function list(side, accounts) {
  const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
  const rows = accounts.map(({ name, accountNumber, balance }) => {
    const label = node('span', `${name} `)
    label.append(node('small', accountNumber))
    const amount = node('span', dollars.format(Number(balance.current)))
    amount.className = 'amount'
    const row = document.createElement('li')
    row.append(label, amount)
    return row
  })
  element(`${side}-accounts`).replaceChildren(...rows)
}

function node(tag, text) {
  const made = document.createElement(tag)
  made.textContent = text
  return made
}

function button(label, action) {
  const made = node('button', label)
  made.type = 'button'
  run(made, action)
  return made
}

/** Once at a time. */
function run(target, action) {
  target.addEventListener('click', async () => {
    target.disabled = true
    await action()
    target.disabled = false
  })
}
