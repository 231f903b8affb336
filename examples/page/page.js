import { tidy, wireActions } from './actions.js'
import { element, make, onClick } from './dom.js'
import * as life from './life.js'
import * as opened from './opened.js'
import { send } from './requests.js'
import { counted } from './sentences.js'
import { askServer, keepAsking, stopAsking } from './server.js'
import * as timeline from './timeline.js'

const state = {
  demo: await (await fetch('/api/demo')).json(),
  user: null,
  get other() {
    return this.demo.customers.find(({ sub }) => sub !== this.user.sub)
  },
}

element('customers').append(
  ...state.demo.customers.map((customer) => {
    const button = make(
      'button',
      { type: 'button', class: 'customer' },
      make('span', { class: 'face', 'aria-hidden': 'true' }, customer.name[0]),
      make('span', {}, `Sign in as ${customer.name}`),
    )
    onClick(button, () => signIn(customer))
    return button
  }),
)
element('framework').textContent = `On the server, with ${state.demo.framework}`
onClick(element('log-out'), logOut)
element('stays').hidden = !state.demo.sandbox
wireActions(state)
addEventListener('message', fromWidget)
addEventListener('pagehide', leave)
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())

if (state.demo.user) await enter(state.demo.user)
else showDoor()

async function signIn({ sub }) {
  element('farewell').textContent = ''
  const { ok, body } = await send('POST', '/login', { sub })
  if (!ok) return
  await enter(body)
  element('widget-title').focus()
}

async function enter(user) {
  state.user = user
  document.title = `${user.name} · Example Bank`
  element('who').replaceChildren(make('b', {}, user.name), ' ', make('span', {}, user.email))
  element('pretend').textContent = `Pretend to be ${state.other.name}`
  for (const [id, hidden] of Object.entries({ welcome: true, desk: false, 'log-out': false }))
    element(id).hidden = hidden
  await timeline.listen(sessionLost)
  element('widget-place').replaceChildren(
    make('iframe', { src: 'widget.html', title: 'Embedded banking widget', 'data-testid': 'widget' }),
  )
  await askServer()
  keepAsking()
}

async function logOut() {
  stopAsking()
  await tidy()
  const forgotten = timeline.nextEvent(({ type }) => type === 'forget', 500)
  await send('POST', '/logout')
  const event = await forgotten
  timeline.hangUp()
  showDoor()
  element('welcome-title').focus()
  const dropped = event
    ? ` and dropped ${counted(event.forgotten, 'access token')} of yours from its cache`
    : ''
  element('farewell').textContent =
    `You are logged out. The server ended the session${dropped}. A widget token that is already out ends by itself within its few seconds or minutes; nothing else is left to go back to.`
}

/** The session ended elsewhere, or the server is gone. */
async function sessionLost() {
  const { ok, body } = await send('GET', '/api/demo')
  if (ok && body.user?.sub === state.user?.sub) return
  leave()
  showDoor()
}

/** Takes everything away that belongs to somebody. */
function leave() {
  stopAsking()
  timeline.hangUp()
  timeline.clear()
  life.clear()
  opened.clear()
  element('widget-place').replaceChildren()
  element('server-answer').textContent = ''
  element('told').textContent = ''
  element('who').textContent = ''
}

function showDoor() {
  leave()
  state.user = null
  document.title = 'Example Bank'
  for (const [id, hidden] of Object.entries({ welcome: false, desk: true, 'log-out': true }))
    element(id).hidden = hidden
}

function fromWidget({ data, origin, source }) {
  const frame = element('widget-place').querySelector('iframe')
  if (origin !== location.origin || source !== frame?.contentWindow || data.widget !== 'token') return
  life.began(data.detail)
  if (state.demo.sandbox) opened.open(state.demo.platform, data.detail.widgetToken)
}
