import { publishedSnippet } from '../../../../dist/peers/published-snippet.js'
import { credentials } from '../../../../dist/src/credentials.js'

export async function POST(request) {
  return Response.json({ widgetToken: await publishedSnippet(await request.json(), credentials) })
}
