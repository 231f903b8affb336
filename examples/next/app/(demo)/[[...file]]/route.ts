import { pageFile, pageHeaders } from '@tesouro-tokens/example-backstage'

/** The demo page. Your application has pages of its own: skip this folder. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ file?: string[] }> },
): Promise<Response> {
  const { file = ['index.html'] } = await params
  const found = await pageFile(file.join('/'))
  if (found === undefined) return new Response('Not found', { status: 404, headers: pageHeaders })
  return new Response(found.content, { headers: { ...pageHeaders, 'content-type': found.type } })
}
