import * as z from 'zod'
import { checked } from '../check.js'
import type { Answer } from '../http/answer.js'
import type { FaultScope } from './faults.js'

const targets = ['token', 'revoke', 'gateway', 'api'] as const
const target = z.enum(targets)
const scopeMembers = {
  on: z
    .union([target, z.array(target).readonly()], `must be ${targets.join(', ')}, or a list of these`)
    .optional(),
  user: z.string().optional(),
  times: z.int().min(1).optional(),
}
const scope = z.strictObject(scopeMembers)
const milliseconds = z.number().min(0).max(600_000)
const shift = z.number().min(-1e12).max(1e12)
const status = z.int().min(400).max(599)
const retryAfterSeconds = z.int().min(0).optional()
const bytes = z
  .int()
  .min(16)
  .max(64 * 1024 * 1024)
  .default(1024 * 1024)
const expiredStatus = z.literal([400, 401]).default(401)
const answer = z.strictObject({
  status: z.int().min(200).max(599).default(200),
  headers: z.record(z.string(), z.string()).readonly().default({}),
  body: z.union([z.string(), z.instanceof(Uint8Array)], 'must be a text or bytes').default(''),
})

/** Checks what a method of `sandbox.faults` is given. @throws TypeError that names the method and each problem */
export const faultArguments = {
  scope: (input: unknown, method: string): FaultScope => checked(scope, input, `faults.${method}`),
  milliseconds: (input: unknown): number => argument({ ms: milliseconds }, { ms: input }, 'slow').ms,
  shift: (input: unknown): number => argument({ ms: shift }, { ms: input }, 'moveClock').ms,
  status: (input: unknown): number => argument({ status }, { status: input }, 'status').status,
  statusOptions: (input: unknown): FaultScope & { retryAfterSeconds?: number | undefined } =>
    argument({ ...scopeMembers, retryAfterSeconds }, input, 'status'),
  oversizedOptions: (input: unknown): FaultScope & { bytes: number } =>
    argument({ ...scopeMembers, bytes }, input, 'oversized'),
  expiredStatus: (input: unknown): 400 | 401 =>
    argument({ status: expiredStatus }, { status: input }, 'expireAccessTokens').status,
  answer(input: unknown): Answer {
    const { status, headers, body } = checked(answer, input, 'faults.answer')
    const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
    return { status, headers: { 'content-type': 'application/json', ...Object.fromEntries(lowered) }, body }
  },
}

function argument<Shape extends z.ZodRawShape>(
  shape: Shape,
  input: unknown,
  method: string,
): z.output<z.ZodObject<Shape>> {
  return checked(z.strictObject(shape), input, `faults.${method}`)
}

const faultText =
  'must be slow, status, reset, hang, garbage, truncated, oversized, expireAccessTokens, moveClock or clear'

/** A fault as it is asked for over HTTP. */
export const faultRequest: z.ZodType<FaultRequest> = z.discriminatedUnion(
  'fault',
  [
    z.strictObject({ fault: z.literal('slow'), ms: milliseconds, ...scopeMembers }),
    z.strictObject({ fault: z.literal('status'), status, retryAfterSeconds, ...scopeMembers }),
    z.strictObject({ fault: z.literal('reset'), ...scopeMembers }),
    z.strictObject({ fault: z.literal('hang'), ...scopeMembers }),
    z.strictObject({ fault: z.literal('garbage'), ...scopeMembers }),
    z.strictObject({ fault: z.literal('truncated'), ...scopeMembers }),
    z.strictObject({ fault: z.literal('oversized'), bytes, ...scopeMembers }),
    z.strictObject({ fault: z.literal('expireAccessTokens'), status: expiredStatus }),
    z.strictObject({ fault: z.literal('moveClock'), ms: shift }),
    z.strictObject({ fault: z.literal('clear') }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? faultText : undefined) },
)

export type FaultRequest =
  | ({ fault: 'slow'; ms: number } & FaultScope)
  | ({ fault: 'status'; status: number; retryAfterSeconds?: number | undefined } & FaultScope)
  | ({ fault: 'reset' | 'hang' | 'garbage' | 'truncated' } & FaultScope)
  | ({ fault: 'oversized'; bytes: number } & FaultScope)
  | { fault: 'expireAccessTokens'; status: 400 | 401 }
  | { fault: 'moveClock'; ms: number }
  | { fault: 'clear' }
