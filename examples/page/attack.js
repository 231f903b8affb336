import { element, make, onClick } from './dom.js'
import { sendAsStranger, startWidget, widgetAccounts } from './requests.js'
import { counted } from './sentences.js'

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

/** The same request to the published snippet and to this server, from a stranger: nobody’s session goes with it. */
export function wireAttack({ customers, platform, whatNotToDo }) {
  const victim = customers.at(-1)
  const request = { userId: victim.sub, userEmail: victim.email }
  element('proof').hidden = whatNotToDo === null
  element('attack').textContent = JSON.stringify(request)
  onClick(element('attack-snippet'), async () => {
    const answer = await sendAsStranger(`${whatNotToDo}/what-not-to-do/widget-token`, request)
    got('snippet-got', await damage(answer, platform, victim))
  })
  onClick(element('attack-ours'), async () => {
    const answer = await sendAsStranger('/api/tesouro/widget-token', request)
    got('ours-got', await damage(answer, platform, victim))
  })
}

export function clearAttack() {
  for (const id of ['snippet-got', 'ours-got']) {
    element(id).replaceChildren()
    element(id).className = 'got'
  }
}

/** What somebody can do with the answer. */
async function damage({ status, body }, platform, victim) {
  if (status === undefined) return ['unknown', 'No answer', 'The server could not be reached.']
  if (!body?.widgetToken) return ['good', 'No token', `It answered ${status} ${body?.code ?? ''}.`]
  const session = await startWidget(platform, body.widgetToken)
  const accounts = session.ok && (await widgetAccounts(platform, session.body.accessToken))
  if (!accounts?.ok) return ['bad', 'A token', 'The platform did not take it just now.']
  const { data } = accounts.body
  const total = data.reduce((sum, { balance }) => sum + Number(balance.current), 0)
  return [
    'bad',
    `You are ${victim.name} now`,
    `It made a token, and the platform showed ${counted(data.length, 'account')} with ${dollars.format(total)}.`,
  ]
}

function got(id, [tone, title, text]) {
  element(id).className = `got ${tone}`
  element(id).replaceChildren(make('b', {}, title), ' ', text)
}
