import { Module } from '@nestjs/common'
import { ConfigModule } from '@nestjs/config'
import { APP_FILTER } from '@nestjs/core'
import { AccountsModule } from './accounts/accounts.module.js'
import { AuthModule } from './auth/auth.module.js'
import { HealthModule } from './health.module.js'
import { PageModule } from './page/page.module.js'
import { ProblemFilter } from './problem.filter.js'
import { TesouroModule } from './tesouro.module.js'

@Module({
  imports: [
    // Variables alone: Node itself reads .env, with `node --env-file`.
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true }),
    TesouroModule,
    AuthModule,
    AccountsModule,
    HealthModule,
    PageModule,
  ],
  providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
})
export class AppModule {}
