import { feed, feedHeaders } from '@tesouro-tokens/example-backstage'
import { getSession } from '@/lib/session'

/** What the tokens do, as it happens, for a page of somebody who is signed in. */
export async function GET(): Promise<Response> {
  const { id } = await getSession()
  // 204 tells the browser not to ask again.
  if (id === undefined) return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } })

  const encoder = new TextEncoder()
  let leave: (() => void) | undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string): void => controller.enqueue(encoder.encode(text))
      leave = feed.join({ session: id, write, end: () => controller.close() })
    },
    cancel: () => leave?.(),
  })
  return new Response(stream, { headers: feedHeaders })
}
