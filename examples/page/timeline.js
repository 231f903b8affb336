import { element, make, timeOf } from './dom.js'
import * as fleet from './fleet.js'
import { inWords } from './sentences.js'

const kept = 60
const patienceMs = 2_000
const waiting = new Set()
let source
let latest

/** Begins to listen. Settles when the server tells what happens, or after a moment without that. */
export function listen(onLost) {
  clear()
  return connect(onLost)
}

/** Begins again after the server has hung up, and keeps what was told. */
export function resume(onLost) {
  const closed = source
  if (closed?.readyState !== EventSource.CLOSED) return
  setTimeout(() => source === closed && connect(onLost), patienceMs)
}

function connect(onLost) {
  source = new EventSource('/api/demo/events')
  source.addEventListener('message', ({ data }) => arrived(JSON.parse(data)))
  source.addEventListener('error', () => {
    onLost()
  })
  return new Promise((resolve) => {
    source.addEventListener('open', resolve, { once: true })
    setTimeout(resolve, patienceMs)
  })
}

export function hangUp() {
  source?.close()
  source = undefined
}

export function clear() {
  latest = undefined
  fleet.clear()
  element('timeline').replaceChildren()
  element('timeline-empty').hidden = false
}

/** The next event that fits, or `undefined` when none comes in time. */
export function nextEvent(fits, withinMs) {
  return new Promise((resolve) => {
    const waiter = { fits, resolve }
    waiting.add(waiter)
    setTimeout(() => {
      waiting.delete(waiter)
      resolve(undefined)
    }, withinMs)
  })
}

function arrived({ at, event, process }) {
  fleet.count(event, process)
  for (const waiter of waiting)
    if (waiter.fits(event)) {
      waiting.delete(waiter)
      waiter.resolve(event)
    }
  if (isRepeated(event, process)) return again(at)
  latest = { event, process, count: 1, row: row(at, event, process) }
  element('timeline-empty').hidden = true
  const list = element('timeline')
  const box = list.parentElement
  // Whoever has scrolled up to read goes on reading.
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40
  list.append(latest.row)
  while (list.children.length > kept) list.firstElementChild.remove()
  if (atEnd) box.scrollTop = box.scrollHeight
}

/** A cache answers many calls in a row: they share a line. */
function isRepeated(event, process) {
  if (latest === undefined || event.type !== 'cache_hit') return false
  const { type, state, user } = latest.event
  return type === event.type && state === event.state && user === event.user && process === latest.process
}

function again(at) {
  latest.count += 1
  latest.row.querySelector('.times').textContent = `\u00a0× ${latest.count}`
  latest.row.querySelector('time').textContent = timeOf(at)
}

function row(at, event, process) {
  const { title, text, tone } = inWords(event)
  const facts = make('p', { class: 'facts number' }, make('time', {}, timeOf(at)))
  if (event.durationMs !== undefined)
    facts.append(make('span', { class: 'took' }, duration(event.durationMs)))
  if (process !== undefined) facts.append(make('span', {}, `process ${process}`))
  if (event.user) facts.append(make('span', {}, `user ${event.user.slice(0, 6)}`))
  return make(
    'li',
    { class: tone, 'data-type': event.type },
    make('p', { class: 'title' }, title, make('span', { class: 'times' })),
    make('p', { class: 'text' }, text),
    facts,
  )
}

const duration = (ms) => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`)
