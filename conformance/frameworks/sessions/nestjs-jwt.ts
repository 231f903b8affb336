import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import {
  Body,
  Controller,
  HttpCode,
  Inject,
  Module,
  Post,
  Req,
  Res,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { JwtModule, JwtService } from '@nestjs/jwt'
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport'
import { TesouroTokens, TesouroTokensModule, type TesouroUser } from '@tesouro-tokens/nestjs'
import type { Request, Response } from 'express'
import { Strategy } from 'passport-jwt'

const secret = process.env.SESSION_SECRET ?? randomBytes(32).toString('hex')
type WithUser = Request & { user?: TesouroUser }

class JwtCookieStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({
      jwtFromRequest: ({ headers }: Request) =>
        /(?:^|; )session=([^;]+)/.exec(headers.cookie ?? '')?.[1] ?? null,
      secretOrKey: secret,
      algorithms: ['HS256'],
    })
  }
  validate({ sub, email }: TesouroUser): TesouroUser {
    return { sub, email }
  }
}

class JwtGuard extends AuthGuard('jwt') {}

@Controller()
class SessionController {
  @Inject(JwtService) private readonly jwt!: JwtService
  @Inject(TesouroTokens) private readonly tokens!: TesouroTokens

  // Stands for your own check of a password. The address must be one that you have verified.
  @Post('sign-in')
  @HttpCode(204)
  signIn(
    @Body() { username, password }: { username: string; password: string },
    @Res({ passthrough: true }) response: Response,
  ): void {
    if (password !== 'secret') throw new UnauthorizedException()
    const token = this.jwt.sign({ sub: username, email: `${username}@example.com` })
    response.cookie('session', token, {
      httpOnly: true,
      sameSite: 'lax',
      secure: process.env.NODE_ENV === 'production',
    })
  }

  @Post('sign-out')
  @HttpCode(204)
  @UseGuards(JwtGuard)
  async signOut(@Req() { user }: WithUser, @Res({ passthrough: true }) response: Response): Promise<void> {
    if (user) await this.tokens.forgetUser(user)
    response.clearCookie('session')
  }
}

@Module({
  imports: [
    PassportModule,
    JwtModule.register({ secret, signOptions: { algorithm: 'HS256', expiresIn: '8h' } }),
    TesouroTokensModule.forRoot({
      getUser: ({ user }: WithUser) => user,
      guards: [JwtGuard], // the guard puts the user on the request: the widget token route needs it too
      path: 'api/tesouro/widget-token',
    }),
  ],
  controllers: [SessionController],
  providers: [JwtCookieStrategy],
})
class AppModule {}

const app = await NestFactory.create(AppModule)
await app.listen(process.env.PORT ?? 3000)
