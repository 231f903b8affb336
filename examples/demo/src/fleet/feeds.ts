import { get, type IncomingMessage, type ServerResponse } from 'node:http'
import { createInterface } from 'node:readline'

/**
 * Each process tells only what happens in itself: the page hears them all in one feed, in which every event says
 * which process it is from.
 */
export async function joinFeeds(
  targets: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const feeds = await Promise.all(targets.map((target) => open(new URL('/api/demo/events', target), request)))
  const hangUp = (): void => {
    for (const feed of feeds) feed.destroy()
    response.end()
  }
  const refused = feeds.find(({ statusCode }) => statusCode !== 200)
  response.writeHead(refused?.statusCode ?? 200, refused?.headers ?? feeds[0]?.headers)
  if (refused !== undefined) return hangUp()

  response.once('close', hangUp)
  response.write('retry: 2000\n\n')
  feeds.forEach((feed, index) => {
    const lines = createInterface(feed)
    lines.on('line', (line) => {
      if (!line.startsWith('data: ')) return
      const told = JSON.parse(line.slice('data: '.length))
      response.write(`data: ${JSON.stringify({ ...told, process: index + 1 })}\n\n`)
    })
    lines.once('close', hangUp)
  })
}

function open(url: URL, { headers }: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (feed) => {
      feed.on('error', () => {}) // hung up by us
      resolve(feed)
    }).once('error', reject)
  })
}
