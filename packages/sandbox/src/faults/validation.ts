import * as z from 'zod'
import type { Answer } from '../http/answer.js'
import type { FaultScope } from './faults.js'

const target = z.enum(['token', 'revoke', 'gateway', 'api'])
const scopeMembers = {
  on: z.union([target, z.array(target).readonly()]).optional(),
  user: z.string().optional(),
  times: z.int().min(1).optional(),
}
const scope = z.object(scopeMembers)
const milliseconds = z.number().min(0).max(600_000)
const shift = z.number().min(-1e12).max(1e12)
const status = z.int().min(400).max(599)
const retryAfterSeconds = z.int().min(0).optional()
const bytes = z
  .int()
  .min(16)
  .max(64 * 1024 * 1024)
  .default(1024 * 1024)
const expiredStatus = z.union([z.literal(400), z.literal(401)]).default(401)
const answer = z.object({
  status: z.int().min(200).max(599).default(200),
  headers: z.record(z.string(), z.string()).readonly().default({}),
  body: z.union([z.string(), z.instanceof(Uint8Array)]).default(''),
})

/** Checks what the methods of `sandbox.faults` are given. */
export const faultArguments = {
  scope: (input: unknown): FaultScope => scope.parse(input),
  milliseconds: (input: unknown): number => milliseconds.parse(input),
  shift: (input: unknown): number => shift.parse(input),
  status: (input: unknown): number => status.parse(input),
  retryAfter: (input: unknown): number | undefined =>
    z.object({ retryAfterSeconds }).parse(input).retryAfterSeconds,
  bytes: (input: unknown): number => z.object({ bytes }).parse(input).bytes,
  expiredStatus: (input: unknown): 400 | 401 => expiredStatus.parse(input),
  answer(input: unknown): Answer {
    const { status, headers, body } = answer.parse(input)
    const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
    return { status, headers: { 'content-type': 'application/json', ...Object.fromEntries(lowered) }, body }
  },
}

/** A fault as it is asked for over HTTP. */
export const faultRequest: z.ZodType<FaultRequest> = z.discriminatedUnion('fault', [
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
])

export type FaultRequest =
  | ({ fault: 'slow'; ms: number } & FaultScope)
  | ({ fault: 'status'; status: number; retryAfterSeconds?: number | undefined } & FaultScope)
  | ({ fault: 'reset' | 'hang' | 'garbage' | 'truncated' } & FaultScope)
  | ({ fault: 'oversized'; bytes: number } & FaultScope)
  | { fault: 'expireAccessTokens'; status: 400 | 401 }
  | { fault: 'moveClock'; ms: number }
  | { fault: 'clear' }
