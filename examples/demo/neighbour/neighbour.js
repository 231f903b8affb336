// What a hostile page on another port would try. The session cookie goes along: to a browser, ports are one site.

const ways = [
  { name: 'with JSON', init: { mode: 'cors', headers: { 'content-type': 'application/json' } } },
  { name: 'as a simple request', init: { mode: 'no-cors', headers: { 'content-type': 'text/plain' } } },
]

addEventListener('message', async ({ data, origin, source }) => {
  if (source !== parent || typeof data?.mint !== 'string') return
  const body = JSON.stringify(data.body)
  const answers = []
  for (const { name, init } of ways)
    answers.push({ name, got: await tryToMint(data.mint, { ...init, body }) })
  parent.postMessage({ neighbour: 'answers', answers }, origin)
})
parent.postMessage({ neighbour: 'ready' }, '*')

async function tryToMint(url, init) {
  try {
    const answer = await fetch(url, { method: 'POST', credentials: 'include', ...init })
    const text = await answer.text()
    if (text.includes('widgetToken')) return 'token'
    return answer.type === 'opaque' ? 'opaque' : `status ${answer.status}`
  } catch {
    return 'blocked'
  }
}
