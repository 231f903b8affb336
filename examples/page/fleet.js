import { element } from './dom.js'
import { counted } from './sentences.js'

// Several processes behind one address, in the fleet's demo: what they share.

let newest

/** A fleet says which process has answered. Its line has a place before there is something to tell. */
export const begin = (process) => {
  element('fleet').hidden = !process
}

/** Counts what the newest access token has served, and where. Events of a single process name none. */
export function count(event, process) {
  if (process === undefined) return
  if (event.type === 'exchange' && event.outcome === 'ok')
    newest = { by: process, calls: 1, processes: new Set([process]) }
  else if (event.type === 'cache_hit' && newest !== undefined) {
    newest.calls += 1
    newest.processes.add(process)
  } else return
  const { by, calls, processes } = newest
  element('fleet').textContent =
    `The newest access token came of one exchange, by process ${by}. It has served ${counted(calls, 'call')} in ${counted(processes.size, 'process', 'es')}.`
}

export function clear() {
  newest = undefined
  element('fleet').textContent = ''
}
