import { as, json, type RawRequest } from './client.js'

/**
 * What a framework may answer by itself before the adapter is asked, as the status that it answers with. Left
 * out: the adapter answers, with its own problem document.
 */
export interface FrameworkFirst {
  /** A body that says it is JSON and is not. Else 400 `invalid_body`. */
  malformedJson?: number
  /** 9 KiB of JSON whose length is not declared; 200 where a parser with a higher limit reads it. Else 413 `body_too_large`. */
  undeclaredOver8KiB?: number
  /** 2 MiB of JSON whose length is not declared. Else 413 `body_too_large`. */
  undeclared2MiB?: number
  /** A body that is not declared as JSON, by its type if that matters. Else 415 `unsupported_media_type`. */
  unsupportedType?: number | ((type: string | undefined) => number | undefined)
  /** No body where the content type says JSON. Else 200. */
  emptyJson?: number
  /** Methods whose bodies are judged by these two. Default: POST alone. */
  methodsWithBody?: readonly string[]
  /** Methods other than POST and OPTIONS. Else 405 `method_not_allowed`. */
  otherMethods?: number
  /** It answers only once the body has ended. Else a refusal arrives while the body is still being sent. */
  waitsForBody?: true
}

/** The status with which the framework answers a body of that type, if it does. */
export function statusOfType(
  { unsupportedType }: FrameworkFirst,
  type: string | undefined,
): number | undefined {
  return typeof unsupportedType === 'function' ? unsupportedType(type) : unsupportedType
}

interface FrameworkFirstRow {
  name: string
  differs: Exclude<keyof FrameworkFirst, 'emptyJson' | 'methodsWithBody' | 'waitsForBody'>
  request: RawRequest
  status: number
  code: string
}

/** What depends on who reads the body first. */
export const frameworkFirst: readonly FrameworkFirstRow[] = [
  ...['{', '{"userId":"alice"', "{'userId':'alice'}", '{"userId":"alice"}}'].map(
    (body): FrameworkFirstRow => ({
      name: `malformed JSON: ${body}`,
      differs: 'malformedJson',
      request: { headers: { ...as('alice'), ...json }, body },
      status: 400,
      code: 'invalid_body',
    }),
  ),
  {
    name: '9 KiB whose length is not declared',
    differs: 'undeclaredOver8KiB',
    request: {
      headers: { ...as('alice'), ...json },
      body: JSON.stringify({ pad: 'x'.repeat(9 << 10) }),
      chunked: true,
      alone: true,
    },
    status: 413,
    code: 'body_too_large',
  },
  {
    name: '2 MiB whose length is not declared',
    differs: 'undeclared2MiB',
    request: {
      headers: { ...as('alice'), ...json },
      body: JSON.stringify({ pad: 'x'.repeat(2 << 20) }),
      chunked: true,
      alone: true,
    },
    status: 413,
    code: 'body_too_large',
  },
  ...['text/plain', 'application/x-www-form-urlencoded', 'application/json5'].map(
    (type): FrameworkFirstRow => ({
      name: `a body of the type ${type}`,
      differs: 'unsupportedType',
      request: { headers: { ...as('alice'), 'content-type': type }, body: '{"userId":"alice"}' },
      status: 415,
      code: 'unsupported_media_type',
    }),
  ),
  ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'].map(
    (method): FrameworkFirstRow => ({
      name: `the method ${method}`,
      differs: 'otherMethods',
      request: { method, headers: as('alice') },
      status: 405,
      code: 'method_not_allowed',
    }),
  ),
]
