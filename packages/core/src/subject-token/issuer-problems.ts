import type { Problems } from '../lib/problems.js'
import { textProblem } from '../lib/text.js'
import type { IssuerOptions } from './claims.js'

/** Adds what is wrong with `issuer` and `audience`. */
export function addIssuerProblems({ issuer, audience }: IssuerOptions, problems: Problems): void {
  if (issuer !== undefined) {
    const problem = textProblem(issuer)
    if (problem !== undefined) problems.add('issuer', problem)
  }
  if (audience === undefined) return
  const values: readonly unknown[] = Array.isArray(audience) ? audience : [audience]
  if (values.length === 0) problems.add('audience', 'is an empty list')
  for (const value of values) {
    const problem = textProblem(value)
    if (problem !== undefined) problems.add('audience', problem)
  }
}
