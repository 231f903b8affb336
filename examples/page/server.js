import { element } from './dom.js'
import { describe, send } from './requests.js'
import { counted } from './sentences.js'

const everyMs = 3_000
let timer

/** Asks the server for the accounts, which it gets from the platform in the user's name. */
export async function askServer() {
  const answer = await send('GET', '/api/accounts')
  element('server-answer').textContent = answer.ok
    ? `GET /api/accounts: 200, ${counted(answer.body.data.length, 'account')}, ${answer.ms} ms`
    : `GET /api/accounts: ${describe(answer)}`
  return answer
}

/** Goes on asking, as a busy page would, unless the visitor has switched it off or looks elsewhere. */
export function keepAsking() {
  stopAsking()
  timer = setInterval(() => {
    if (element('keep-asking').checked && !document.hidden) askServer()
  }, everyMs)
}

export function stopAsking() {
  clearInterval(timer)
}
