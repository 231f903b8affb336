// Every request of the page, each with its line in the log at the bottom.

/** Asks for a widget token in the words of the vendor's `EmbeddedProvider`. */
export const mint = (user) =>
  send('POST', '/api/tesouro/widget-token', { userId: user.sub, userEmail: user.email })

/** A widget's first call, as the sandbox takes it. */
export const startWidget = (platform, widgetToken) =>
  send('POST', `${platform}/api/widget-gateway/init`, undefined, widgetToken)

/** A widget's later calls, with the token of its own browser session. */
export const widgetAccounts = (platform, accessToken) =>
  send('GET', `${platform}/embedded-banking/v1/bank-accounts?limit=10`, undefined, accessToken)

export async function send(method, url, json, bearer) {
  const headers = {}
  if (json !== undefined) headers['content-type'] = 'application/json'
  if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`
  const startedAt = performance.now()
  try {
    const response = await fetch(url, { method, headers, body: json && JSON.stringify(json) })
    const text = await response.text()
    const ms = Math.round(performance.now() - startedAt)
    log(response.status, response.ok, `${method} ${url} · ${ms} ms`)
    return { ok: response.ok, status: response.status, body: parse(text), ms }
  } catch {
    log('—', false, `${method} ${url} · no answer`)
    return { ok: false, status: undefined, body: undefined, ms: undefined }
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

function log(status, ok, what) {
  const code = document.createElement('span')
  code.className = ok ? 'good' : 'bad'
  code.textContent = status
  const row = document.createElement('li')
  row.append(code, what)
  document.getElementById('log').prepend(row)
  document.getElementById('quiet').hidden = true
}
