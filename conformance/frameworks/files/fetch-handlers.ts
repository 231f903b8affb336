import { widgetTokenEndpoint } from '@tesouro-tokens/core'
import { userOf } from './session.js'
import { tokens } from './tesouro.js'

const endpoint = widgetTokenEndpoint({ tokens, getUser: ({ headers }) => userOf(headers.get('cookie')) })

interface Event {
  request: Request
}

// SvelteKit: src/routes/api/tesouro/widget-token/+server.ts
export const POST = ({ request }: Event): Promise<Response> => endpoint(request)
export const OPTIONS = ({ request }: Event): Promise<Response> => endpoint(request)

// Remix and React Router: a resource route, app/routes/api.tesouro.widget-token.ts
export const action = ({ request }: Event): Promise<Response> => endpoint(request)
export const loader = ({ request }: Event): Promise<Response> => endpoint(request) // OPTIONS arrives here
