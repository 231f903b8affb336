import { TesouroTokens, TesouroTokensModule } from '@tesouro-tokens/nestjs'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { describe, expect, test } from 'vitest'
import { platforms, serve, start } from './application.js'

const getUser = (): null => null

/** As JavaScript gives options: what a compiler would have said is not known there. */
const refused = (options: unknown): Promise<unknown> =>
  start(platforms[0][1], {
    imports: [TesouroTokensModule.forRootAsync({ useFactory: () => options as never })],
  })

describe('options that Nest hands over', () => {
  test.each([
    ['clientid', 'clientId'],
    ['allowedOrigns', 'allowedOrigins'],
  ])('a misspelt option counts for nothing, and what is meant is not told: %s', async (written, meant) => {
    await expect(refused({ getUser, [written]: 'canary' })).rejects.toThrow(
      `unknown option ${written}: did you mean ${meant}?`,
    )
  })

  test('every option of the endpoint is taken for one of createTesouroTokens', async () => {
    await using sandbox = await startSandbox()
    const endpoint = { allowedOrigins: [], mintLimit: false, onError() {}, onRefusal() {} } as const
    const { baseUrl, clientId, clientSecret, widgetSecret, subjectToken } = sandbox.options
    const own = { baseUrl, clientId, clientSecret, widgetSecret, subjectToken }
    const { app } = await serve(platforms[0][1], {
      imports: [TesouroTokensModule.forRoot({ ...own, ...endpoint, getUser })],
    })
    expect(await app.get(TesouroTokens).getAppAccessToken()).toMatchObject({ tokenType: 'Bearer' })
  })

  test.each([
    ['path', { path: false }],
    ['guards, isGlobal', { guards: [], isGlobal: true }],
  ])('%s in the result of a factory counts for nothing', async (names, misplaced) => {
    await expect(refused({ getUser, ...misplaced })).rejects.toThrow(
      new RegExp(`its options have ${names}, .*next to useFactory`),
    )
  })

  test.each([undefined, null, 'options'])(
    'a factory that gives %s ends in a foreign error',
    async (given) => {
      await expect(refused(given)).rejects.toThrow(/must return an object of options/)
    },
  )
})
