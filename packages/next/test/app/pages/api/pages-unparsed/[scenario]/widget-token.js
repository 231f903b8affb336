import { widgetTokenApiRoute } from '@tesouro-tokens/next'
import { byScenario } from '../../../../lib/scenario.js'

const routes = byScenario(widgetTokenApiRoute)

export default (request, response) => routes(request.query.scenario)(request, response)

export const config = { api: { bodyParser: false } }
