/**
 * What a server action resolved with, out of React's stream of rows `id:value`. The first row's member `a` refers to
 * it; a long text is a row of its own, `id:T` with its length in bytes, to which `$id` refers.
 */
export function parse(stream: string): unknown {
  const texts = new Map<string, string>()
  const values = new Map<string, unknown>()
  let rest = Buffer.from(stream)
  while (rest.length > 0) {
    const [head = '', id = '', length] = /^([0-9a-f]*):(?:T([0-9a-f]+),)?/.exec(rest.toString()) ?? []
    if (head === '') break
    rest = rest.subarray(head.length)
    const end = length === undefined ? rest.indexOf('\n') : Number.parseInt(length, 16)
    const row = rest.subarray(0, end === -1 ? undefined : end).toString()
    rest = end === -1 ? Buffer.alloc(0) : rest.subarray(length === undefined ? end + 1 : end)
    if (length !== undefined) texts.set(id, row)
    else if (/^[[{"]/.test(row)) values.set(id, JSON.parse(row))
  }
  const { a } = (values.get('0') ?? {}) as { a?: unknown }
  const value = values.get(typeof a === 'string' ? a.replace(/^\$@?/, '') : '')
  return JSON.parse(JSON.stringify(value ?? null), (_name, member: unknown) =>
    typeof member === 'string' && member.startsWith('$') ? texts.get(member.slice(1)) : member,
  )
}
