import { publishedSnippet } from '../../../peers/published-snippet.js'

export default {
  async fetch(request: Request, env: Record<string, string>): Promise<Response> {
    const { userId, userEmail } = (await request.json()) as { userId: string; userEmail: string }
    const { clientId = '', clientSecret = '', widgetSecret = '' } = env
    const credentials = { clientId, clientSecret, widgetSecret }
    return Response.json({ widgetToken: await publishedSnippet({ userId, userEmail }, credentials) })
  },
}
