import { textProblem } from '../lib/given.js'
import { type OptionShape, optional, shapeOf } from '../lib/option.js'
import type { IssuerOptions } from './claims.js'

/** What is said of `issuer` and `audience`. */
export const issuerShape: OptionShape<IssuerOptions> = shapeOf<IssuerOptions>()({
  issuer: optional<string>((value) => textProblem(value), '`iss` (RFC 7519 §4.1.1)'),
  audience: optional<NonNullable<IssuerOptions['audience']>>(audienceProblem, '`aud` (RFC 7519 §4.1.3)'),
})

function audienceProblem(value: unknown): string | undefined {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (values.length === 0) return 'is an empty list'
  return (
    values
      .map((one) => textProblem(one))
      .filter((problem) => problem !== undefined)
      .join('\n') || undefined
  )
}
