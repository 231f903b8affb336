import { widgetTokenRoute } from '@tesouro-tokens/next'
import { byScenario } from '../../../../../lib/scenario.js'

const routes = byScenario(widgetTokenRoute)
const answer = async (request, context) => {
  const { scenario } = await context.params
  return routes(scenario)[request.method](request, context)
}

export { answer as OPTIONS, answer as POST }
