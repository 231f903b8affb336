import type { ForgetEvent, TesouroTokensEvent } from '@tesouro-tokens/core'

/**
 * A line of the example's output in words: its events arrive as JSON, everything else stays as it is. Users have the
 * names that the page shows.
 */
export function inWords(line: string): string {
  const event = readEvent(line)
  if (event === undefined) return line
  const whose = 'user' in event && event.user ? ` [user ${event.user.slice(0, 6)}]` : ''
  return `${sentence(event)}${whose}`
}

/**
 * Whether the line tells that another process has logged somebody out. At the start, when nobody can have come, that is
 * the check which each process makes of what they share.
 */
export function isLogoutElsewhere(line: string): boolean {
  const event = readEvent(line)
  return event?.type === 'forget' && event.origin === 'elsewhere'
}

function readEvent(line: string): TesouroTokensEvent | undefined {
  if (!line.startsWith('{"type":')) return undefined
  try {
    return JSON.parse(line) as TesouroTokensEvent
  } catch {
    return undefined
  }
}

function sentence(event: TesouroTokensEvent): string {
  switch (event.type) {
    case 'mint':
      return event.outcome === 'ok'
        ? `minted a widget token in ${ms(event.durationMs)}, without asking the platform`
        : `no widget token: ${event.outcome}`
    case 'cache_hit':
      return `access token from the cache${event.state ? ` (${event.state})` : ''}`
    case 'cache_miss':
      return 'no access token in the cache'
    case 'exchange': {
      const what =
        event.grant === 'token_exchange' ? 'the user’s access token' : 'the application’s access token'
      const how = `${attempts(event.attempts)}, ${ms(event.durationMs)}`
      return event.outcome === 'ok'
        ? `got ${what} (${how})`
        : `did not get ${what}: ${event.outcome} (${how})`
    }
    case 'refresh':
      return event.outcome === 'ok'
        ? 'replaced an ageing access token'
        : `could not refresh: ${event.outcome}`
    case 'forget':
      return logout(event)
    case 'refusal':
      return `refused: ${event.code}${event.status ? ` (${event.status})` : ''}`
    default:
      return `${event.type.replaceAll('_', ' ')}${'outcome' in event ? `: ${event.outcome}` : ''}`
  }
}

function logout({ origin, outcome, forgotten = 0 }: ForgetEvent): string {
  if (origin === 'elsewhere') return 'forgot a user, as another process has told'
  return outcome === 'ok'
    ? `logout: forgot ${forgotten} access ${forgotten === 1 ? 'token' : 'tokens'}`
    : `logout: not recorded for other processes yet: ${outcome}`
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
const attempts = (count: number): string => `${count} ${count === 1 ? 'request' : 'requests'}`
