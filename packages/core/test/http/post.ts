import type { WidgetTokenInput, WidgetTokenOptions, WidgetTokenOutput } from '@tesouro-tokens/core'
import { createWidgetTokenHandler, type TesouroUser } from '@tesouro-tokens/core'
import { FakeTokens } from './fake-tokens.js'

export const alice: TesouroUser = { sub: 'alice', email: 'alice@example.com' }

interface Asked {
  answer: WidgetTokenOutput
  code: string | undefined
  tokens: FakeTokens
  errors: unknown[]
}

/** One request to a handler of its own; everything that is not given is in order. */
export async function ask(
  input: Partial<WidgetTokenInput<string>> = {},
  options: Partial<WidgetTokenOptions<string>> & { failure?: unknown } = {},
): Promise<Asked> {
  const { failure, ...rest } = options
  const tokens = new FakeTokens(failure)
  const errors: unknown[] = []
  const handle = createWidgetTokenHandler<string>({
    tokens,
    getUser: () => alice,
    onError: (error) => errors.push(error),
    onRefusal: () => {},
    ...rest,
  })
  const answer = await handle({
    method: 'POST',
    host: 'bank.example',
    headers: {},
    request: 'the request',
    ...input,
  })
  const code = answer.body !== undefined && 'code' in answer.body ? answer.body.code : undefined
  return { answer, code, tokens, errors }
}

export const json = (value: unknown): Pick<WidgetTokenInput<string>, 'headers' | 'body'> => ({
  headers: { 'content-type': 'application/json' },
  body: typeof value === 'string' ? value : JSON.stringify(value),
})
