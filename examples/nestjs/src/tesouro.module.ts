import { Module, type OnApplicationShutdown } from '@nestjs/common'
import { ConfigService } from '@nestjs/config'
import { TesouroTokens, TesouroTokensModule, tesouroTokensFromEnv } from '@tesouro-tokens/nestjs'
import type { Request } from 'express'

@Module({
  imports: [
    // Every module may inject `TesouroTokens`; the route is POST /api/tesouro/widget-token.
    TesouroTokensModule.forRootAsync({
      isGlobal: true,
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        // Keys and secrets are read from the environment, TESOURO_….
        tokens: tesouroTokensFromEnv({
          // Five to ten minutes; only against a platform on this machine may it be less.
          widgetTokenLifetimeSeconds: Number(config.get('WIDGET_TOKEN_LIFETIME_SECONDS') || 480),
          onEvent: (event) => console.log(JSON.stringify(event)),
        }),
        // Who it is for is what your session says, never what the browser says; `email` must be an address that
        // you have verified.
        getUser: ({ session }: Request) => session.user,
      }),
    }),
  ],
})
export class TesouroModule implements OnApplicationShutdown {
  constructor(private readonly tokens: TesouroTokens) {}

  /** Given to the module, so ours to close. */
  onApplicationShutdown(): Promise<void> {
    return this.tokens.close()
  }
}
