import type { IncomingMessage } from 'node:http'
import { ConfigModule, ConfigService } from '@nestjs/config'
import { createTesouroTokens, TesouroTokens, TesouroTokensModule } from '@tesouro-tokens/nestjs'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { expect, test } from 'vitest'
import { platforms, serve } from './application.js'

test('what a ConfigService gives, maybe undefined, does not fit the options', async () => {
  await using sandbox = await startSandbox()
  const { subjectToken } = sandbox.options
  const { app } = await serve(platforms[0][1], {
    imports: [
      TesouroTokensModule.forRootAsync({
        imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [() => sandbox.env] })],
        inject: [ConfigService],
        useFactory: (config: ConfigService) => ({
          baseUrl: config.get<string>('TESOURO_BASE_URL'),
          clientId: config.get('TESOURO_CLIENT_ID'),
          clientSecret: config.get('TESOURO_CLIENT_SECRET'),
          widgetSecret: config.get<string>('TESOURO_WIDGET_SECRET'),
          tenant: config.get<string>('TESOURO_TENANT'),
          subjectToken,
          getUser: (_request: IncomingMessage) => null,
        }),
      }),
    ],
  })
  expect(await app.get(TesouroTokens).getAppAccessToken()).toMatchObject({ tokenType: 'Bearer' })
})

test('an option that is undefined is refused next to tokens, as if it had a value', async () => {
  await using sandbox = await startSandbox()
  await using tokens = createTesouroTokens(sandbox.options)
  const { app } = await serve(platforms[0][1], {
    imports: [
      TesouroTokensModule.forRoot({
        tokens,
        tenant: undefined,
        getUser: (_request: IncomingMessage) => null,
      }),
    ],
  })
  expect(app.get(TesouroTokens)).toBe(tokens)
})
