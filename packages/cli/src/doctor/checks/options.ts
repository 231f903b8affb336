import { isTesouroTokensError, subjectTokenFrom } from '@tesouro-tokens/core'
import { tokensFromEnvironment } from '../../tokens/tokens-from-environment.js'
import { type Check, type CheckContext, type CheckResult, result } from '../check.js'

const tried = 'the options as tesouroTokensFromEnv() reads them, and the keys'

/** The options and the keys, as the library checks them itself. */
export const options: Check = {
  id: 'options',
  title: 'options, keys',
  async run(context) {
    const { environment, terminal } = context
    const given = context.options.subjectToken
    const fromCode = given === undefined && !environment.values.TESOURO_SUBJECT_TOKEN_KEY
    context.canSign = !fromCode
    try {
      // Without a key in the environment, subject tokens come from code that the doctor does not see.
      const subjectToken = given ?? (fromCode ? subjectTokenFrom(() => '') : undefined)
      const tokens = tokensFromEnvironment(environment, terminal, {
        fetch: context.platform.fetch,
        ...(subjectToken !== undefined && { subjectToken }),
      })
      context.tokens = tokens
      context.baseUrl = new URL(baseUrlOf(tokens))
      await tokens.ready()
    } catch (error) {
      if (!isTesouroTokensError(error, 'configuration')) throw error
      context.canSign = false
      return error.problems.map((problem) => result('options', 'fail', tried, problem, ...adviceFor(problem)))
    }
    return [
      ...missingParts(context, fromCode),
      result('options', 'ok', tried, `nothing is wrong with them; the platform is ${context.baseUrl.origin}`),
    ]
  },
}

/** What only some applications need: said, and not held against anybody. */
function* missingParts({ environment: { values } }: CheckContext, fromCode: boolean): Generator<CheckResult> {
  if (fromCode) {
    yield result(
      'options',
      'skip',
      tried,
      'TESOURO_SUBJECT_TOKEN_KEY is not set, so what needs a subject token cannot be tried: minting and exchanges',
      'Set it (`npx @tesouro-tokens/cli keygen subject-token` makes one). If your subject tokens come from code: --subject-token-file with one of them, or --unsecured where onboarding has confirmed tokens without a signature.',
    )
  }
  if (!values.TESOURO_WIDGET_SECRET) {
    yield result(
      'options',
      'skip',
      tried,
      'TESOURO_WIDGET_SECRET is not set: no widget token can be minted',
      'Set it if your pages have widgets: the 64 hex digits from onboarding.',
    )
  }
}

function adviceFor(problem: string): string[] {
  if (/^TESOURO_\w+: is missing/.test(problem)) {
    return [
      'Put it into .env or the environment: the value from onboarding, or what `npx @tesouro-tokens/sandbox` prints.',
    ]
  }
  if (problem.startsWith('TESOURO_SUBJECT_TOKEN_KEY')) {
    return [
      'Make a key that fits with `npx @tesouro-tokens/cli keygen subject-token`, or repair the one that is there.',
    ]
  }
  return ['Repair that variable.']
}

/** What the tokens themselves say: the one thing that they show of their configuration. */
function baseUrlOf(tokens: object): string {
  const shown: unknown = JSON.parse(JSON.stringify(tokens))
  return String(Object(shown).baseUrl)
}
