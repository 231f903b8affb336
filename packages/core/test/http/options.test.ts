import { ConfigurationError, createWidgetTokenHandler, isTesouroTokensError } from '@tesouro-tokens/core'
import { describe, expect, test } from 'vitest'
import { FakeTokens } from './fake-tokens.js'

describe('wrong options fail when the endpoint is made', () => {
  const problemsOf = (options: object): readonly string[] => {
    try {
      createWidgetTokenHandler({ tokens: new FakeTokens(), getUser: () => null, ...options })
    } catch (error) {
      if (isTesouroTokensError(error, 'configuration')) return error.problems
      throw error
    }
    return []
  }

  test.each([
    ['alowedOrigins', 'unknown option alowedOrigins: did you mean allowedOrigins?'],
    ['mintlimits', 'unknown option mintlimits: did you mean mintLimit?'],
    ['onErrors', 'unknown option onErrors: did you mean onError?'],
    ['secret-canary-0123456789-0123456789-0123456789', 'an unknown option'],
  ])('a misspelt option counts for nothing, and nobody is told: %s', (name, problem) => {
    expect(problemsOf({ [name]: [] })).toEqual([problem])
  })

  test.each([
    ['*', /\*.*every website/],
    ['null', /sandboxed frame/],
    ['https://*.example', /name each origin/],
    ['https://app.example/', /ends with a slash/],
    ['https://app.example/path', /without path/],
    ['https://app.example?x', /without path/],
    ['https://App.example', /lower case/],
    ['HTTPS://app.example', /lower case/],
    ['https://app.example:443', /default port/],
    ['http://app.example:80', /default port/],
    ['app.example', /no scheme/],
    ['localhost:3000', /no scheme/],
    ['', /no scheme/],
    [' https://app.example', /space/],
    ['https://user@app.example', /user info/],
    ['https://a.example,https://b.example', /something after|comma/],
    ['https://bücher.example', /location\.origin/],
    [7, /string/],
  ])('allowedOrigins: %s', (origin, problem) => {
    const problems = problemsOf({ allowedOrigins: ['https://fine.example', origin] })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^allowedOrigins\[1\]: /)
    expect(problems[0]).toMatch(problem)
  })

  test('what browsers really send is accepted', () => {
    const fine = [
      'https://app.example',
      'http://localhost:3000',
      'http://[::1]:8080',
      'capacitor://localhost',
      'ionic://localhost',
      'chrome-extension://abcdef',
    ]
    expect(problemsOf({ allowedOrigins: fine })).toEqual([])
  })

  test('every problem is told at once', () => {
    const wrong = {
      tokens: {},
      getUser: undefined,
      allowedOrigins: 'https://app.example',
      mintLimit: { perMinute: 0 },
      onError: 'log',
    }
    expect(problemsOf(wrong).map((problem) => problem.split(':')[0])).toEqual([
      'tokens',
      'getUser',
      'allowedOrigins',
      'mintLimit',
      'onError',
    ])
    for (const mintLimit of [0, true, null, {}, { perMinute: 1.5 }, { perMinute: '30' }]) {
      expect(problemsOf({ mintLimit })).toHaveLength(1)
    }
    expect(() => createWidgetTokenHandler(undefined as never)).toThrow(ConfigurationError)
  })
})
