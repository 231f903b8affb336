import {
  type AdapterStart,
  describeAdapter,
  type FrameworkFirst,
  type RunningAdapter,
} from '@tesouro-tokens/conformance/adapter'
import { type Running, start } from './next.js'

/** One server answers every scenario of a kind of entry, each under a path of its own. */
function subject(kind: string): (given: AdapterStart) => Promise<RunningAdapter> {
  let server: Promise<Running> | undefined
  return async ({ scenario, env }) => {
    server ??= start('app', env)
    const { origin, close } = await server
    return { url: `${origin}/api/${kind}/${scenario}/widget-token`, close }
  }
}

/** Next lets no other method through to a route handler. */
const route: FrameworkFirst = { otherMethods: 405 }
/** The body parser's own limit is 1 MB. */
const parsed: FrameworkFirst = { malformedJson: 400, undeclaredOver8KiB: 200, undeclared2MiB: 413 }

describeAdapter('Next route handler on Node', subject('route'), route)
describeAdapter('Next route handler on Edge', subject('edge'), { ...route, waitsForBody: true })
describeAdapter('Next API route', subject('pages'), parsed)
describeAdapter('Next API route without body parser', subject('pages-unparsed'))
