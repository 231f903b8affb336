/** Asks for a widget token in the words of the vendor's `EmbeddedProvider`. */
export const mint = ({ sub, email }) =>
  send('POST', '/api/tesouro/widget-token', { userId: sub, userEmail: email })

/** A widget's first call, as the sandbox takes it. */
export const startWidget = (platform, widgetToken) =>
  send('POST', `${platform}/api/widget-gateway/init`, undefined, { bearer: widgetToken })

/** A widget's later calls, with the token of its own browser session. */
export const widgetAccounts = (platform, accessToken) =>
  send('GET', `${platform}/embedded-banking/v1/bank-accounts?limit=10`, undefined, { bearer: accessToken })

/** A server that says nothing for so long is gone. */
const longestMs = 15_000

/** Without cookies: nobody’s session goes with it, also where somebody is signed in, in this or another tab. */
export const sendAsStranger = (url, json) => send('POST', url, json, { credentials: 'omit' })

/** Never rejects: no answer is `{ ok: false, status: undefined }`. */
export async function send(method, url, json, { bearer, ...options } = {}) {
  const headers = {}
  if (json !== undefined) headers['content-type'] = 'application/json'
  if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`
  const startedAt = performance.now()
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: json && JSON.stringify(json),
      signal: AbortSignal.timeout(longestMs),
      ...options,
    })
    const text = await response.text()
    const ms = Math.round(performance.now() - startedAt)
    const process = response.headers.get('x-answered-by')
    return { ok: response.ok, status: response.status, body: parse(text), ms, process }
  } catch {
    return { ok: false, status: undefined, body: undefined }
  }
}

/** One sentence for a person. */
export const describe = ({ status, body }) =>
  status === undefined
    ? 'There was no answer.'
    : `${status}: ${body?.detail ?? body?.title ?? 'no reason given'}`

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
