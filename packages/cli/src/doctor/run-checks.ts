import type { Check, CheckContext, CheckResult, CheckStatus } from './check.js'

const worst: readonly CheckStatus[] = ['ok', 'skip', 'warn', 'fail']

/** A result with the name of its check. */
export interface TitledResult extends CheckResult {
  title: string
}

/**
 * Runs checks one after the other; each sees how the earlier ones went. A check that throws is reported as a failure of the doctor, and the others still run.
 */
export async function runChecks(
  checks: readonly Check[],
  context: Omit<CheckContext, 'statusOf'>,
  tell: { starts(title: string): void; ends(results: readonly TitledResult[]): void },
): Promise<readonly TitledResult[]> {
  const all: TitledResult[] = []
  const statuses = new Map<string, CheckStatus>()
  const shared: CheckContext = Object.assign(context, { statusOf: (id: string) => statuses.get(id) })
  for (const check of checks) {
    tell.starts(check.title)
    const { title } = check
    const results = (await run(check, shared)).map((one) => ({ ...one, title }))
    for (const { id, status } of results) statuses.set(id, worseOf(statuses.get(id), status))
    all.push(...results)
    tell.ends(results)
  }
  return all
}

async function run(check: Check, context: CheckContext): Promise<readonly CheckResult[]> {
  try {
    return [await check.run(context)].flat()
  } catch (error) {
    const found = `the doctor itself failed here (${nameOf(error)})`
    return [
      {
        id: check.id,
        status: 'fail',
        tried: check.title,
        found,
        todo: ['This is a mistake of ours: please report it.'],
      },
    ]
  }
}

/** Never the message: it may repeat what was sent. */
function nameOf(error: unknown): string {
  const code: unknown = Object(error).code
  if (typeof code === 'string' && /^[\w.]{1,40}$/.test(code)) return code
  return error instanceof Error ? error.constructor.name : typeof error
}

/** A check with several results counts as its worst one. */
function worseOf(one: CheckStatus = 'ok', other: CheckStatus): CheckStatus {
  return worst.indexOf(one) > worst.indexOf(other) ? one : other
}
