import { clearActions, serverAnswered, tidy, wireActions } from './actions.js'
import { clearAttack, wireAttack } from './attack.js'
import { element, make, onClick, timeOf } from './dom.js'
import * as fleet from './fleet.js'
import * as life from './life.js'
import * as opened from './opened.js'
import { send } from './requests.js'
import { counted } from './sentences.js'
import { askServer, keepAsking, onAnswer, stopAsking } from './server.js'
import { announceSignOut } from './tesouro-tokens-browser/index.js'
import * as timeline from './timeline.js'
import { endVisit, thisVisit } from './visit.js'

/** When the server has said something for the last time. */
let heardAt = Date.now()
/** What became of a wish to log out that nobody has granted yet. */
let stillIn = ''

const told = await send('GET', '/api/demo')
fleet.begin(told.process)
const state = {
  demo: told.body,
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
wireAttack(state.demo)
wireActions(state, checkSession)
onAnswer(heardServer)
addEventListener('message', fromWidget)
addEventListener('pagehide', leave)
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
document.addEventListener('visibilitychange', () => {
  if (state.user && !document.hidden) checkSession()
})

if (state.demo.user) await enter(state.demo.user)
else showDoor()

async function signIn({ sub }) {
  element('farewell').textContent = ''
  const { ok, body, status } = await send('POST', '/login', { sub })
  element('door-problem').textContent = ok
    ? ''
    : `You are not signed in: ${status === undefined ? 'the server does not answer' : `it said ${status}`}.`
  if (!ok) return
  // Whoever was signed in before, in this or another tab, is signed in no more: one browser has one session.
  announceSignOut()
  await enter(body)
  if (state.user === body) element('widget-title').focus()
}

async function enter(user) {
  const visit = thisVisit()
  state.user = user
  heardAt = Date.now()
  document.title = `${user.name} · Example Bank`
  element('who').replaceChildren(make('b', {}, user.name), ' ', make('span', {}, user.email))
  element('pretend').textContent = `Pretend to be ${state.other.name}`
  show({ desk: true })
  element('server-answer').textContent = 'Asking for the accounts…'
  await timeline.listen(checkSession)
  if (visit.aborted) return
  element('widget-place').replaceChildren(
    make('iframe', { src: 'widget.html', title: 'Embedded banking widget', 'data-testid': 'widget' }),
  )
  await askServer()
  if (!visit.aborted) keepAsking()
}

async function logOut() {
  stillIn = ''
  stopAsking()
  await tidy()
  const forgotten = timeline.nextEvent(({ type, forgotten }) => type === 'forget' && forgotten > 0, 500)
  const { ok, status } = await send('POST', '/logout')
  if (!ok && status !== 401) {
    keepAsking()
    stillIn = `You are still signed in: the server ${status === undefined ? 'did not answer' : `said ${status}`}. Try again.`
    return notice('')
  }
  announceSignOut()
  const event = await forgotten
  const dropped = event
    ? ` and dropped ${counted(event.forgotten, 'access token')} of yours from its cache`
    : ''
  showDoor(
    `You are logged out, in every tab. The server ended the session${dropped}. A widget token that is already out ends by itself within its few seconds or minutes; nothing else is left to go back to.`,
  )
}

/** The session may have ended, or be somebody else's, or the server may be gone: only it can say. */
async function checkSession() {
  const { user } = state
  if (user === null) return
  const { ok, body } = await send('GET', '/api/demo')
  if (state.user !== user) return
  if (!ok) return notice(gone())
  heardAt = Date.now()
  if (body.user?.sub === user.sub) return timeline.resume(checkSession)
  showDoor(
    body.user
      ? `${body.user.name} has signed in, in another tab. One browser has one session, so ${user.name}’s page has ended here. Reload it to see ${body.user.name}’s.`
      : `${user.name} is not signed in any more: the session has ended, in another tab or on the server.`,
  )
}

function heardServer(answer) {
  if (answer.status === 401) return checkSession()
  if (answer.status !== undefined) heardAt = Date.now()
  notice(answer.status === undefined ? gone() : '')
  serverAnswered(answer)
}

const gone = () => `The server does not answer. All this was true at ${timeOf(heardAt)}. It is asked again.`

/** Whoever has tried to log out needs to know first that it did not work. */
function notice(text) {
  element('notice').textContent = stillIn || text
}

/** Takes everything away that belongs to somebody. */
function leave() {
  stillIn = ''
  endVisit()
  stopAsking()
  timeline.hangUp()
  timeline.clear()
  life.clear()
  opened.clear()
  clearAttack()
  clearActions()
  element('widget-place').replaceChildren()
  for (const id of ['server-answer', 'who', 'notice']) element(id).textContent = ''
}

function showDoor(farewell = '') {
  leave()
  state.user = null
  document.title = 'Example Bank'
  show({ desk: false })
  element('farewell').textContent = farewell
  if (farewell) element('welcome-title').focus()
}

function show({ desk }) {
  for (const [id, hidden] of Object.entries({ welcome: desk, desk: !desk, 'log-out': !desk }))
    element(id).hidden = hidden
  document.body.append(element('foot')) // put there anew, it does not count as something that has moved
}

function fromWidget({ data, origin, source }) {
  const frame = element('widget-place').querySelector('iframe')
  if (origin !== location.origin || source !== frame?.contentWindow) return
  if (data.widget === 'ended') return checkSession()
  life.began(data.detail)
  if (state.demo.sandbox) opened.open(state.demo.platform, data.detail.widgetToken)
}
