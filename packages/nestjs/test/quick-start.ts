import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import { Controller, Get, HttpCode, Module, Post, Req, UnauthorizedException } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import {
  InjectTesouroTokens,
  TesouroTokens,
  TesouroTokensModule,
  type TesouroUser,
} from '@tesouro-tokens/nestjs'
import type { Request } from 'express'
import session from 'express-session'

declare module 'express-session' {
  interface SessionData {
    user: TesouroUser
  }
}

@Controller()
class AppController {
  constructor(@InjectTesouroTokens() private readonly tokens: TesouroTokens) {}

  // Stands for your own sign-in, which checks a password. The address must be one that you have verified.
  @Post('sign-in')
  @HttpCode(204)
  signIn(@Req() request: Request): void {
    request.session.user = { sub: 'user-1', email: 'user-1@example.com' }
  }

  // Your own backend calls, as the signed-in user
  @Get('accounts')
  async accounts(@Req() request: Request): Promise<unknown> {
    const { user } = request.session
    if (user === undefined) throw new UnauthorizedException()
    const answer = await this.tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts?limit=10')
    return answer.json()
  }

  @Post('sign-out')
  @HttpCode(204)
  async signOut(@Req() request: Request): Promise<void> {
    if (request.session.user) await this.tokens.forgetUser(request.session.user)
    await new Promise((resolve) => request.session.destroy(resolve))
  }
}

@Module({
  imports: [
    // The page's widgets ask here for their tokens: POST /api/tesouro/widget-token
    TesouroTokensModule.forRoot({
      getUser: (request: Request) => request.session.user,
      path: 'api/tesouro/widget-token',
    }),
  ],
  controllers: [AppController],
})
class AppModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule)
  app.use(
    session({
      secret: process.env.SESSION_SECRET ?? randomUUID(),
      resave: false,
      saveUninitialized: false,
      cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto' },
    }),
  )
  app.enableShutdownHooks()
  // wrong secrets and addresses stop the start, not the first visitor
  await app.get(TesouroTokens).ready({ platform: true })
  await app.listen(process.env.PORT ?? 3000)
}
void bootstrap()
