import { type AdapterStart, describeAdapter, type RunningAdapter } from '../adapter.js'
import type { RunningNext } from '../next-application.js'
import { behind } from './behind.js'

/**
 * The suite for every kind of entry of the application in packages/next/test/app, on whatever Next it was built with.
 * One server answers all scenarios of a kind, each under a path of its own.
 */
export function describeNext(
  name: string,
  start: (env: Readonly<Record<string, string>>) => Promise<RunningNext>,
  tries: 'all' | 'sample' = 'sample',
): void {
  const subject = (kind: string): ((given: AdapterStart) => Promise<RunningAdapter>) => {
    let server: Promise<RunningNext> | undefined
    return async ({ scenario, env }) => {
      server ??= start(env)
      const { origin, close } = await server
      return { url: `${origin}/api/${kind}/${scenario}/widget-token`, close }
    }
  }
  describeAdapter(`${name} route handler on Node`, subject('route'), behind.nextRoute, tries)
  describeAdapter(`${name} route handler on Edge`, subject('edge'), behind.nextEdgeRoute)
  describeAdapter(`${name} API route`, subject('pages'), behind.bodyParser)
  describeAdapter(`${name} API route without body parser`, subject('pages-unparsed'))
}
