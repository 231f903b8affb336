import * as z from 'zod'
import { type Answer, jsonAnswer, problem } from '../http/answer.js'
import { type Incoming, jsonObject } from '../http/incoming.js'
import type { LimitState } from '../rate-limit.js'
import { invalidBody } from './query.js'

export const graphqlPath = '/graphql'

/** A GraphQL request that arrived at the sandbox. */
export interface SandboxGraphqlRequest {
  /** Text of the GraphQL document. */
  query: string
  /** Values of its variables; empty where none were sent. */
  variables: Record<string, unknown>
  /** Which operation of the document to run, where that was sent. */
  operationName: string | undefined
  /** `sub` of the user who asks; `undefined` for the application itself. */
  sub: string | undefined
}

/** Returns the `data` of a GraphQL answer, or a promise of it. */
export type SandboxGraphql = (request: SandboxGraphqlRequest) => unknown

const requestSchema = z.object({
  query: z.string().min(1),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})

/** Answers with whatever the test gives as data. The limit stands in `extensions` instead of in headers. */
export async function answerGraphql(
  incoming: Incoming,
  sub: string | undefined,
  { graphql, limit }: { graphql: SandboxGraphql; limit: LimitState | undefined },
): Promise<Answer> {
  const parsed = requestSchema.safeParse(jsonObject(incoming))
  if (!parsed.success) return invalidBody(incoming, 'The body is no GraphQL request')
  const { query, variables, operationName } = parsed.data
  const request = { query, variables: variables ?? {}, operationName: operationName ?? undefined, sub }
  try {
    const data = await graphql(request)
    return jsonAnswer(200, { data, ...(limit && { extensions: { rateLimit: limit } }) })
  } catch (error) {
    return thrownBy(error, incoming)
  }
}

/** The function is the test's own, and so is what it says. */
function thrownBy(error: unknown, { path }: Incoming): Answer {
  const said = error instanceof Error ? `${error.name}: ${error.message.slice(0, 500)}` : typeof error
  const detail = `The option graphql of startSandbox threw (${said}).`
  return problem({ status: 500, title: 'Internal error', errorCode: 'graphql_option', detail }, path)
}
