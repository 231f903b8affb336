/** What is wrong with an entry of `allowedOrigins`, said by the likely fix: browsers send exactly scheme, host and a port if it is not the default one. */
export function originProblem(origin: unknown): string | undefined {
  if (typeof origin !== 'string') return 'must be a string such as https://app.example.com'
  if (origin === '*') {
    return 'is *, which would let every website mint for your signed-in users: name each origin, or pass a function'
  }
  if (origin === 'null') {
    return 'is null, which any sandboxed frame can send: give the page an origin of its own and name that'
  }
  if (origin !== origin.trim()) return 'has a space around it: remove it'
  if (origin.includes('*')) return 'has a * in it: name each origin, or pass a function'
  const [, scheme, host, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^\\/?#\s]*)(.*)$/s.exec(origin) ?? []
  if (!scheme || !host) return 'has no scheme and host: write it as https://app.example.com'
  if (rest === '/') return 'ends with a slash: browsers send none, remove it'
  if (rest) return 'has something after the host: give only the origin, without path or query'
  if (host.includes('@')) return 'has user info in it: give only the origin'
  if (host.includes(',')) return 'has a comma in it: one origin an entry'
  if (/[A-Z]/.test(origin)) return 'has upper-case letters: browsers send lower case'
  if (/^https?$/.test(scheme)) return webOriginProblem(origin)
  return undefined
}

function webOriginProblem(origin: string): string | undefined {
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  if (url?.origin === origin) return undefined
  if (url !== undefined && url.port === '' && /:\d*$/.test(origin)) {
    return 'names the default port: browsers leave it out, remove it'
  }
  return 'is not written as browsers send it: use the value of location.origin on that page'
}
