/** The parts of a .cpuprofile that are read here. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[]
  samples: number[]
  timeDeltas: number[]
}

/** What share of the time something ran, idle time left out. */
export interface Share {
  place: string
  share: number
}

/**
 * Adds up where a program was, by package of an application and by part of Node. The largest come first. The first
 * half of the time is not looked at: there the program starts, and its code is compiled.
 */
export function places({ nodes, samples, timeDeltas }: CpuProfile): Share[] {
  const placeOf = new Map(nodes.map(({ id, callFrame }) => [id, place(callFrame)]))
  const spent = new Map<string, number>()
  let total = 0
  const half = timeDeltas.reduce((sum, time) => sum + time, 0) / 2
  let passed = 0
  for (const [index, id] of samples.entries()) {
    const where = placeOf.get(id)
    const time = timeDeltas[index] ?? 0
    passed += time
    if (passed < half) continue
    if (where === undefined || where === '(idle)') continue
    spent.set(where, (spent.get(where) ?? 0) + time)
    total += time
  }
  return [...spent]
    .map(([name, time]) => ({ place: name, share: time / total }))
    .sort((a, b) => b.share - a.share)
}

const partsOfNode: readonly [url: RegExp, place: string][] = [
  [/^node:(internal\/)?crypto/, 'node:crypto'],
  [/^node:(internal\/)?(_?http|net|stream|streams|timers|_http_\w+)/, 'Node: HTTP, sockets, timers'],
  [/^node:buffer|^node:internal\/buffer/, 'Node: buffers'],
  [/^node:internal\/(abort_controller|event_target|events)|^node:events/, 'Node: events, abort signals'],
  [/^node:(internal\/)?(async|diagnostics|process)/, 'Node: async context, promises, diagnostics'],
  [/^node:/, 'Node: other'],
]

function place({ functionName, url }: { functionName: string; url: string }): string {
  if (functionName === '(program)') return 'native code, system calls'
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (functionName === '(idle)') return functionName
  const [, dependency] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  const [, ours, part] = /packages\/([^/]+)\/dist\/([^/.]+)/.exec(url) ?? []
  return (
    dependency ??
    (ours && `ours: ${ours}, ${part}`) ??
    partsOfNode.find(([pattern]) => pattern.test(url))?.[1] ??
    (url === '' ? 'built-in functions' : 'the benchmark itself')
  )
}
