import { element } from './dom.js'
import { describe, send } from './requests.js'
import { counted } from './sentences.js'

const everyMs = 3_000
let timer
let heard = () => {}
let leaving = new AbortController()

/** Asks the server for the accounts, which it gets from the platform in the user's name. */
export async function askServer() {
  const { signal } = leaving
  const answer = await send('GET', '/api/accounts', undefined, { signal })
  if (signal.aborted) return answer
  element('server-answer').textContent = answer.ok
    ? `GET /api/accounts: 200, ${counted(answer.body.data.length, 'account')}, ${answer.ms} ms${by(answer)}`
    : `GET /api/accounts: ${describe(answer)}`
  heard(answer)
  return answer
}

/** Calls with each answer that is for somebody. */
export function onAnswer(callback) {
  heard = callback
}

/** Which of several processes it was. */
const by = ({ process }) => (process ? `, by process ${process}` : '')

/** Goes on asking, as a busy page would, unless the visitor has switched it off or looks elsewhere. */
export function keepAsking() {
  stopAsking()
  timer = setInterval(() => {
    if (element('keep-asking').checked && !document.hidden) askServer()
  }, everyMs)
}

/** A question that is under way is taken back: it would be answered for nobody once the session is over. */
export function stopAsking() {
  clearInterval(timer)
  leaving.abort()
  leaving = new AbortController()
}
