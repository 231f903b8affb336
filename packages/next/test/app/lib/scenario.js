import { adapterOptions } from '@tesouro-tokens/conformance/adapter-subject'

/** One handler for each scenario of the suite, made at its first request: the build knows no client. */
export function byScenario(make) {
  const made = new Map()
  return (scenario) => {
    if (!made.has(scenario)) made.set(scenario, make(adapterOptions(scenario, process.env)))
    return made.get(scenario)
  }
}
