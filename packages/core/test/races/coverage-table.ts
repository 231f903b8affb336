import type { Profiler } from 'node:inspector'

/** A bundle as V8 has it, and what ran of it. */
interface Source {
  readonly text: string
  readonly functions: readonly Profiler.FunctionCoverage[]
}

interface Line {
  readonly file: string
  /** The number of the line within its file's part of the bundle. */
  readonly index: number
  readonly hasRun: boolean
}

const rooms = ['access-tokens/', 'cache/', 'platform/', 'widget-token/', 'calls.ts', 'instance.ts'] as const

/** Lines of each room that ran in at least one of the processes. */
export function table(sources: readonly Source[]): string {
  const lines = new Map<string, boolean>()
  for (const { file, index, hasRun } of sources.flatMap(linesOf)) {
    const name = `${file} ${index}`
    lines.set(name, hasRun || lines.get(name) === true)
  }
  const rows = rooms.map((room) => {
    // Named from the folder in which the program was started.
    const all = [...lines].filter(([name]) => `/${name}`.includes(`/src/${room}`))
    if (all.length === 0) throw new Error(`no line of ${room} was found in what was explored`)
    const ran = all.filter(([, hasRun]) => hasRun).length
    return `| \`${room}\` | ${all.length} | ${ran} | ${((100 * ran) / all.length).toFixed(1)} % |`
  })
  return ['| room | lines of code | of them run | |', '|---|---|---|---|', ...rows].join('\n')
}

/** Every line of code in a bundle of esbuild's, which names each file above its part. */
function linesOf({ text, functions }: Source): Line[] {
  const runs = countsOf(text.length, functions)
  const lines: Line[] = []
  let file = ''
  let index = 0
  let offset = 0
  for (const line of text.split('\n')) {
    const [, named] = /^ *\/\/ (\S+\.(?:ts|js|mjs|cjs))$/.exec(line) ?? []
    const begin = offset + (line.length - line.trimStart().length)
    offset += line.length + 1
    if (named !== undefined) {
      file = named
      index = 0
    }
    index += 1
    const code = line.trim()
    const isCode = code !== '' && !code.startsWith('//') && !code.startsWith('*') && !code.startsWith('/*')
    if (isCode && /\w/.test(code)) lines.push({ file, index, hasRun: (runs[begin] ?? 0) > 0 })
  }
  return lines
}

/** How often each character of a script ran: inner ranges count before outer ones. */
function countsOf(length: number, functions: readonly Profiler.FunctionCoverage[]): Uint8Array {
  const counts = new Uint8Array(length)
  const ranges = functions.flatMap((each) => each.ranges)
  ranges.sort((one, other) => other.endOffset - other.startOffset - (one.endOffset - one.startOffset))
  for (const { startOffset, endOffset, count } of ranges) {
    counts.fill(Math.min(count, 1), startOffset, endOffset)
  }
  return counts
}
