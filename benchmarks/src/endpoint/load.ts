import autocannon from 'autocannon'
import { sessionHeader, userOf } from './session.js'

const connections = 16
/** So many that none of them meets the limit of 30 tokens a minute. */
const users = 20_000

let requests = 0

/** Asks for widget tokens as a page's provider does, over 16 connections: answers a second. All must be tokens. */
export async function load(url: string, howLong: { duration: number } | { amount: number }): Promise<number> {
  const result = await autocannon({
    url,
    connections,
    ...howLong,
    sampleInt: 100,
    // A busy machine is slow to answer first.
    timeout: 60,
    requests: [{ method: 'POST', setupRequest: (request) => ({ ...request, ...nextRequest(url) }) }],
  })
  const { non2xx, errors } = result
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx} refusals, ${errors} errors`)
  return result['2xx'] / result.duration
}

function nextRequest(url: string): { headers: { [name: string]: string }; body: string } {
  requests += 1
  const session = `user-${requests % users}`
  const user = userOf(session)
  return {
    headers: {
      'content-type': 'application/json',
      origin: new URL(url).origin,
      'sec-fetch-site': 'same-origin',
      [sessionHeader]: session,
    },
    body: JSON.stringify({ userId: user?.sub, userEmail: user?.email }),
  }
}
