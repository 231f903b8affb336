/** What the cache itself says of refusals that do not get better by waiting. */
const lastingReasons = [
  ['Redis refuses this user', 'NOPERM'],
  ['Redis refuses scripts', 'scripts are switched off or renamed'],
  ['Redis holds data of another application', 'another application has its names'],
] as const

/** One word for why Redis did not do what it was asked for. */
export function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : ''
  const lasting = lastingReasons.find(([begins]) => said.startsWith(begins))
  if (lasting !== undefined) return lasting[1]
  const [word] =
    /\b(NOPERM|NOAUTH|WRONGPASS|MOVED|CLUSTERDOWN|READONLY|OOM|MISCONF|LOADING|NOSCRIPT|DB index)\b/.exec(
      said,
    ) ?? []
  if (word !== undefined) return word
  const asked = /^Redis could not be asked: (\w{1,60})$/.exec(said)?.[1]
  if (asked !== undefined && asked !== 'Error') return asked
  const code: unknown = Object(error).code
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return code
  return said.includes('late') || said.includes('imeout') ? 'no answer in time' : 'the connection broke'
}

/** Why there is no connection, and what to do. */
export function unreachable(error: unknown, url: string): [found: string, ...todo: string[]] {
  const reason = reasonOf(error)
  switch (reason) {
    case 'ECONNREFUSED':
      return [
        'nothing listens there (ECONNREFUSED)',
        'Start Redis, or correct host and port in REDIS_URL. Without it, tokens live in each process by itself.',
      ]
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [`its name has no address (${reason})`, 'Correct the host in REDIS_URL.']
    case 'NOAUTH':
      return [
        'it needs a password, and REDIS_URL has none (NOAUTH)',
        'Write redis://user:password@host:port.',
      ]
    case 'WRONGPASS':
      return [
        'it refuses the user or the password (WRONGPASS)',
        'Correct them in REDIS_URL; percent-encode characters such as @ and /.',
      ]
    case 'DB index':
      return ['it has no database of that number', 'Correct the number at the end of REDIS_URL.']
    case 'no answer in time':
      return [
        'it accepts connections and does not answer',
        url.startsWith('rediss:')
          ? 'Is it paused or overloaded, does it speak no TLS (redis://), or is it no Redis at all?'
          : 'Is it paused or overloaded, does it speak TLS (rediss://), or is it no Redis at all?',
      ]
    default:
      return [`it cannot be used (${reason})`, 'Check REDIS_URL: host, port, redis:// or rediss:// for TLS.']
  }
}

/** What to do about a step that failed. */
export function adviceFor(reason: string, step: string): string[] {
  switch (reason) {
    case 'NOPERM':
      return [
        step.startsWith('a logout')
          ? 'Give the user of REDIS_URL the channels too: ACL SETUSER … &tesouro:*, and +subscribe +publish (your keyPrefix in place of tesouro). The README of @tesouro-tokens/redis lists every command.'
          : 'Give the user of REDIS_URL the rights: ACL SETUSER … ~tesouro:* &tesouro:* (the doctor writes below tesouro; your keyPrefix needs the same) and the commands that the README of @tesouro-tokens/redis lists.',
      ]
    case 'NOAUTH':
      return ['It needs a password: write redis://user:password@host:port.']
    case 'READONLY':
      return ['REDIS_URL names a replica: name the primary.']
    case 'OOM':
      return ['It is full: raise maxmemory, or let it evict (allkeys-lru).']
    case 'MOVED':
    case 'CLUSTERDOWN':
      return [
        'REDIS_URL names a node of a cluster: give the library a cluster client; the doctor looks at single servers only.',
      ]
    default:
      return step.startsWith('a logout')
        ? [
            'If rights are narrow: the channels &tesouro:* and the command SUBSCRIBE are needed on the same server.',
          ]
        : ['Look into the log of the Redis server.']
  }
}
