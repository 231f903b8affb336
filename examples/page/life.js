import { element, make, timeOf } from './dom.js'

const kept = 3
let token
let count = 0
let timer

/**
 * A widget token has come: what is left of its life begins on the bar, and it gets a line in the list. How old one is
 * that another tab has `shared`, and when the next is due, only that tab knows.
 */
export function began({ exp, expiresIn, leadSeconds, again, shared }) {
  token = { exp, expiresIn }
  count += 1
  const refreshIn = Math.round(expiresIn - leadSeconds)
  element('life').setAttribute('aria-valuemax', String(expiresIn))
  element('life-mark').style.left = `${(leadSeconds / expiresIn) * 100}%`
  element('life-mark').hidden = shared
  element('life-plan').textContent = shared
    ? `Another tab asked for it, and shared it when ${expiresIn} s were left.`
    : `Good for ${expiresIn} s. At the mark, after ${refreshIn} s, the widget asks for another.`
  const how = shared ? 'Shared' : again ? 'Refreshed' : 'Minted'
  const line = make(
    'li',
    { class: `newest ${how.toLowerCase()}` },
    make('span', { class: 'nth' }, `${count}`),
    make('span', {}, how),
    make('time', { class: 'number' }, timeOf(Date.now())),
  )
  // In the place of the oldest, so that the others stay where they are.
  const list = element('mints')
  for (const other of list.children) other.classList.remove('newest')
  if (count <= kept) list.append(line)
  else list.children[(count - 1) % kept].replaceWith(line)
  clearInterval(timer)
  timer = setInterval(draw, 1000)
  draw()
}

export function clear() {
  clearInterval(timer)
  token = undefined
  count = 0
  element('mints').replaceChildren()
  element('life-mark').hidden = true
  element('life-fill').style.width = '0'
  element('life').setAttribute('aria-valuenow', '0')
  element('life-left').textContent = 'not minted yet'
}

function draw() {
  const left = Math.max(0, Math.min(token.expiresIn, Math.round(token.exp - Date.now() / 1000)))
  const text = left > 0 ? `${left} s left` : 'over'
  element('life-left').textContent = text
  element('life-fill').style.width = `${(left / token.expiresIn) * 100}%`
  element('life').setAttribute('aria-valuenow', String(left))
  element('life').setAttribute('aria-valuetext', `${left} of ${token.expiresIn} seconds left`)
}
