import { element, onClick } from './dom.js'
import { describe, mint, send } from './requests.js'
import { askServer } from './server.js'
import { nextEvent } from './timeline.js'
import { thisVisit } from './visit.js'

const control = '/__sandbox/faults'
let undoFailure
/** How many actions were begun: only the newest has the line. */
let begun = 0
/** Whether the server's newest call of its own has failed while upstream does, and whether the line tells of that. */
let serverFails = false
let toldOfFailure = false

/**
 * Wires the buttons. `state` has the signed-in `user` and what the server said about itself, `demo`; `checkSession` ends
 * the visit when it is over.
 */
export function wireActions(state, checkSession) {
  element('elsewhere').hidden = state.demo.neighbour === null
  element('upstream').hidden = !state.demo.sandbox
  element('expire').hidden = !state.demo.sandbox
  wire('pretend', () => pretend(state, checkSession))
  wire('elsewhere', () => mintElsewhere(state))
  wire('upstream', () => (undoFailure ? recover() : failUpstream(state)))
  wire('expire', () => expireToken(state))
  if (state.demo.sandbox) adopt(state)
}

/** Tells what came of the action, to whoever began it. */
function wire(id, action) {
  onClick(element(id), async () => {
    const visit = thisVisit()
    begun += 1
    const nth = begun
    const told = await action()
    if (!visit.aborted && nth === begun) tell(...told)
  })
}

/** Upstream may still fail from before the page was reloaded: the button knows, and can undo it. */
async function adopt({ demo }) {
  const { body } = await send('GET', demo.platform + control)
  const left = body?.active.find(({ fault, scope }) => fault === 'status 503' && scope.on === 'token')
  if (left) switched(undoOf(demo, left.id))
}

const undoOf = (demo, id) => () => send('DELETE', `${demo.platform}${control}/${id}`)

/** Says nothing more of what was begun. */
export function clearActions() {
  begun += 1
  serverFails = false
  tell('')
}

/** Takes back what was switched on, and says nothing more. */
export async function tidy() {
  clearActions()
  await undoFailure?.()
  switched(undefined)
}

async function pretend({ user, other }, checkSession) {
  const { status, body } = await mint(other)
  if (status === 403)
    return [
      `Refused with 403 ${body.code}. The request named ${other.name}, the session says ${user.name}, and only the session counts. A server that mints for the posted user would have made you ${other.name}.`,
      'good',
    ]
  // Unless the session is the other user's by now, who has signed in, in another tab.
  if (body?.widgetToken) await checkSession()
  if (body?.widgetToken)
    return [`This should have been refused, and there is a token for ${other.name}.`, 'bad']
  return [`Nothing came of it: ${describe({ status, body })}`]
}

async function mintElsewhere({ user, demo }) {
  const refusal = nextEvent(({ code }) => code === 'origin_not_allowed', 5_000)
  const answers = await askNeighbour(demo.neighbour, user)
  if (answers === undefined) return ['The other page did not answer.']
  if (answers.some(({ got }) => got === 'token'))
    return ['This should have been refused, and the other page has a token.', 'bad']
  const { status } = (await refusal) ?? {}
  if (status === undefined)
    return [
      `No token for ${new URL(demo.neighbour).host}, but the server has not told why: is it still there?`,
    ]
  return [
    `No token for ${new URL(demo.neighbour).host}. The browser did not even send its first request, because the server does not allow that origin. The second went out with your cookie (to a browser, ports are one site) and was refused with ${status} origin_not_allowed.`,
    'good',
  ]
}

async function failUpstream({ demo, user }) {
  await askServer()
  const fault = await send('POST', demo.platform + control, { fault: 'status', status: 503, on: 'token' })
  if (!fault.ok) return ['The sandbox did not do it.']
  switched(undoOf(demo, fault.body.id))
  const [answer, minted] = [await askServer(), await mint(user)]
  return [
    answer.ok && minted.ok
      ? `The platform’s token endpoint answers 503 from now on, and you notice nothing: your access token is in the server’s cache, good until its minute is over, and widget tokens are made without the platform.`
      : `The token endpoint answers 503. Your server’s own call: ${said(answer)}. A widget token: ${said(minted)}.`,
  ]
}

async function recover() {
  const undone = await undoFailure()
  if (!undone.ok) return ['The sandbox did not do it.']
  switched(undefined)
  const answer = await askServer()
  return [
    answer.ok
      ? 'The platform is back. A refresh that failed meanwhile is tried again within seconds, by itself.'
      : `The platform is back. Your server’s own call: ${said(answer)}.${answer.status === undefined ? '' : ' After a failure the server waits a little before it asks again.'}`,
  ]
}

async function expireToken({ demo }) {
  const fault = await send('POST', demo.platform + control, { fault: 'expireAccessTokens', status: 401 })
  if (!fault.ok) return ['The sandbox did not do it.']
  const answer = await askServer()
  await undoOf(demo, fault.body.id)()
  if (answer.status === undefined) return ['The server did not answer: its token is as it was.']
  return [
    answer.ok
      ? 'The platform said 401 to the cached access token. The server dropped it, made one token exchange and sent the call once more: you got your accounts and saw none of it.'
      : `For this one call the platform said 401 to the cached access token, and the server got no other: the call ended with ${answer.status}. For the next ones the token is good again.`,
  ]
}

const said = ({ status }) => (status === undefined ? 'no answer' : `status ${status}`)

function switched(undo) {
  undoFailure = undo
  element('upstream').setAttribute('aria-pressed', String(undo !== undefined))
}

/**
 * Upstream is down for longer than the cached token lives, or not any more: what was told before is not true then.
 * Told once, so that the answers to other buttons can be read.
 */
export function serverAnswered({ ok, status }) {
  if (ok && toldOfFailure) tell('Your server’s own calls go through again.')
  const fails = !ok && status !== undefined && undoFailure !== undefined
  const isNew = fails && !serverFails
  serverFails = fails
  if (!isNew) return
  tell(
    `The platform’s token endpoint still answers 503, and the cached access token is over: your server’s own calls end with ${status} until the platform is back. Widget tokens are made without the platform, so the widget goes on.`,
  )
  toldOfFailure = true
}

/** `tone`: `good` for a defence that held, `bad` for one that did not. */
function tell(text, tone = '') {
  toldOfFailure = false
  element('told').className = `told ${tone}`
  element('told').textContent = text
}

/** A hidden frame with a page of another origin, which tries to mint and says what it got. */
function askNeighbour(origin, { sub, email }) {
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.title = 'A page of another origin'
  frame.src = origin
  return new Promise((resolve) => {
    const done = (answers) => {
      clearTimeout(timer)
      removeEventListener('message', listener)
      frame.remove()
      resolve(answers)
    }
    const timer = setTimeout(done, 5_000)
    const listener = ({ data, origin: from, source }) => {
      if (from !== origin || source !== frame.contentWindow) return
      const mint = `${location.origin}/api/tesouro/widget-token`
      if (data.neighbour === 'ready')
        source.postMessage({ mint, body: { userId: sub, userEmail: email } }, origin)
      else done(data.answers)
    }
    addEventListener('message', listener)
    document.body.append(frame)
  })
}
