/** One step through a pattern: a character, or any number of them that a parameter or a wildcard takes. */
type Step = { readonly kind: 'character'; readonly is: string } | { readonly kind: 'parameter' | 'wildcard' }

/** A character that no pattern names. */
const anyOther = '\u0000'

/**
 * Whether one request path can match both route paths: `:tenant/token` and `north/token` can. Understands what Express
 * and Fastify understand in Nest: `:name`, `:name(…)`, `*`, `*name`, `{optional}` and `?` behind a parameter.
 */
export function canMatchOnePath(left: string, right: string): boolean {
  return alternativesOf(left).some((one) => alternativesOf(right).some((other) => intersect(one, other)))
}

/** The patterns without optional parts, each as steps. Routes are compared as the platforms do: without case and outer slashes. */
function alternativesOf(path: string): Step[][] {
  const given = path.toLowerCase().replace(/\/:(\w+)((?:\([^)]*\))?)\?/g, '{/:$1$2}')
  return withoutOptionals(given).map((each) => stepsOf(each.replace(/^\/+|\/+$/g, '')))
}

function withoutOptionals(path: string): string[] {
  const inner = /\{([^{}]*)\}/.exec(path)
  if (inner === null) return [path]
  const [group, content = ''] = inner
  return ['', content].flatMap((kept) => withoutOptionals(path.replace(group, () => kept)))
}

const token = /:\w+(?:\([^)]*\))?|\*\w*|\\?[\s\S]/g

function stepsOf(path: string): Step[] {
  return (path.match(token) ?? []).map((each) => {
    if (each.startsWith(':') && each.length > 1) return { kind: 'parameter' }
    if (each.startsWith('*')) return { kind: 'wildcard' }
    return { kind: 'character', is: each.slice(-1) }
  })
}

/** Walks through both patterns at once, over every character that can tell them apart. */
function intersect(left: readonly Step[], right: readonly Step[]): boolean {
  const characters = new Set(['/', anyOther])
  for (const step of [...left, ...right]) if (step.kind === 'character') characters.add(step.is)
  const seen = new Set(['0 0'])
  const open: [number, number][] = [[0, 0]]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [i, j] = at
    if (i === left.length && j === right.length) return true
    for (const character of characters)
      for (const next of after(left, i, character))
        for (const other of after(right, j, character)) {
          if (seen.has(`${next} ${other}`)) continue
          seen.add(`${next} ${other}`)
          open.push([next, other])
        }
  }
  return false
}

/** Where in the pattern one may stand when the character has been taken at `index`. */
function after(steps: readonly Step[], index: number, character: string): number[] {
  const step = steps[index]
  if (step === undefined) return []
  if (step.kind === 'character') return step.is === character ? [index + 1] : []
  return step.kind === 'parameter' && character === '/' ? [] : [index, index + 1]
}
