import type { Environment } from '../environment/environment.js'
import type { Output } from '../terminal/output.js'
import type { Secrets } from '../terminal/secrets.js'
import type { Terminal } from '../terminal/terminal.js'
import type { Check, DoctorOptions } from './check.js'
import { address } from './checks/address.js'
import { client } from './checks/client.js'
import { clock } from './checks/clock.js'
import { environment as environmentCheck } from './checks/environment.js'
import { nodeVersion } from './checks/node-version.js'
import { options as optionsCheck } from './checks/options.js'
import { packages } from './checks/packages.js'
import { processes } from './checks/processes.js'
import { rateLimit } from './checks/rate-limit.js'
import { redis } from './checks/redis.js'
import { subjectToken } from './checks/subject-token.js'
import { widgetToken } from './checks/widget-token.js'
import { endpointChecks } from './endpoint/checks.js'
import { PlatformLog } from './platform-log.js'
import { printResults, printSummary, reportOf } from './report.js'
import { runChecks } from './run-checks.js'

/** In the order in which one needs the other. */
const ownChecks: readonly Check[] = [
  nodeVersion,
  packages,
  environmentCheck,
  optionsCheck,
  address,
  client,
  clock,
  rateLimit,
  subjectToken,
  widgetToken,
  redis,
  processes,
]

/** Runs every check and prints what came of it. Resolves with whether nothing is wrong. */
export async function doctor(given: {
  environment: Environment
  terminal: Terminal
  secrets: Secrets
  output: Output
  options: DoctorOptions
}): Promise<boolean> {
  const { output, terminal, options } = given
  const platform = new PlatformLog(() => terminal.now())
  const context: Parameters<typeof runChecks>[1] = {
    ...given,
    platform,
    tokens: undefined,
    baseUrl: undefined,
    canSign: false,
    aheadMs: undefined,
  }
  const checks =
    options.endpoint === undefined
      ? ownChecks
      : [
          ...ownChecks,
          ...endpointChecks(options.endpoint, given.environment.values.TESOURO_WIDGET_SECRET, given.secrets),
        ]
  const results = await runChecks(checks, context, {
    starts: (title) => output.progress(`looking at: ${title} …`),
    ends: (some) => output.json || printResults(output, some),
  })
  output.clearProgress()
  await context.tokens?.close()
  const report = reportOf(results)
  if (output.json) output.document(report)
  else printSummary(output, report)
  return report.ok
}
