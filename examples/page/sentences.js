// What each event of the library means, in words. The events are described in the package's `TesouroTokensEvent`.

const refusals = {
  identity_mismatch: 'The request named somebody else than the session. Nothing was minted.',
  origin_not_allowed: 'A page of another origin asked. It was refused before anybody looked at the session.',
  not_signed_in: 'Nobody is signed in, so there is nobody to mint for.',
  rate_limited: 'Too many in a short time. The caller is told when to come again.',
}

const hits = {
  fresh: ['Cache hit', 'The access token was at hand: the platform was not asked for one.'],
  ageing: [
    'Cache hit, ageing',
    'Served at once; a successor is fetched in the background, nobody waits for it.',
  ],
  expiring: ['Cache hit, expiring', 'Nearly over, so a successor is fetched before the call goes on.'],
}

/** @returns {{ title: string, text: string, tone: 'good' | 'bad' | 'calm' | 'busy' }} */
export function inWords(event) {
  switch (event.type) {
    case 'mint':
      return event.outcome === 'ok'
        ? said(
            'Widget token minted',
            'Signed and encrypted on this server. The platform was not asked.',
            'good',
          )
        : said('No widget token', `It ended with ${event.outcome}.`, 'bad')
    case 'cache_hit': {
      const [title, text] = hits[event.state] ?? hits.fresh
      return said(title, text, 'calm')
    }
    case 'cache_miss':
      return said('Cache miss', 'No access token that can be used: one is asked for now.', 'busy')
    case 'exchange':
      return exchange(event)
    case 'refresh':
      return refresh(event)
    case 'forget':
      return forgotten(event)
    case 'refusal':
      return said(
        `Refused: ${event.code}${event.status ? ` · ${event.status}` : ''}`,
        refusals[event.code] ?? 'Nothing was done for it.',
        event.code in refusals ? 'good' : 'bad',
      )
    default:
      return said(
        event.type.replaceAll('_', ' '),
        'outcome' in event ? `It ended ${event.outcome}.` : '',
        'calm',
      )
  }
}

function exchange({ outcome, status, attempts, grant }) {
  const answered = status === undefined ? 'no answer' : status
  const title = `Token exchange · ${answered}`
  if (outcome !== 'ok')
    return said(title, `No access token after ${counted(attempts, 'request')}: ${outcome}.`, 'bad')
  return grant === 'client_credentials'
    ? said(title, 'The platform gave a token for the application itself.', 'good')
    : said(title, 'A fresh subject token was swapped for an access token that acts as this user.', 'good')
}

function refresh({ outcome, background }) {
  const title = background ? 'Background refresh' : 'Refresh'
  if (outcome === 'ok')
    return background
      ? said(title, 'The successor is in the cache before the old one was over.', 'good')
      : said(title, 'The call waited a moment for the successor.', 'good')
  return said(
    `${title} failed`,
    'While the old token is good it goes on being served. It is tried again.',
    'bad',
  )
}

function forgotten({ origin, outcome, forgotten: count = 0 }) {
  if (origin === 'elsewhere')
    return said(
      'Forgotten',
      'Another process told of it: this one holds nothing of the user any more.',
      'good',
    )
  return outcome === 'ok'
    ? said('Forgotten', `${counted(count, 'access token')} dropped at logout.`, 'good')
    : said('Logout not recorded', `Other processes have not heard of it yet: ${outcome}.`, 'bad')
}

const said = (title, text, tone) => ({ title, text, tone })

export const counted = (count, noun, plural = 's') => `${count} ${noun}${count === 1 ? '' : plural}`
