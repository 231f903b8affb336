import { promisify } from 'node:util'
import { Body, Controller, Header, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common'
import { TesouroTokens } from '@tesouro-tokens/nestjs'
import type { Request, Response } from 'express'
import { Problem } from '../problem.js'
import { type Customer, Customers } from './customers.js'
import { SameOriginGuard } from './same-origin.guard.js'
import { cookieName } from './session.js'

@Controller()
@UseGuards(SameOriginGuard)
export class AuthController {
  constructor(
    private readonly tokens: TesouroTokens,
    private readonly customers: Customers,
  ) {}

  /** Signs a customer in. Your application asks for a password or a passkey here, or sends people to its OIDC provider. */
  @Post('login')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async signIn(@Body('sub') wanted: unknown, @Req() request: Request): Promise<Customer> {
    const customer = this.customers.all.find(({ sub }) => sub === wanted)
    if (customer === undefined) throw new Problem(401, 'unknown_customer', 'There is no such customer.')

    // A new session id, so that one planted in the browser beforehand is worth nothing.
    await promisify(request.session.regenerate).call(request.session)
    request.session.user = customer
    await promisify(request.session.save).call(request.session)
    return customer
  }

  /** Ends the session, then drops the customer's access tokens. */
  @Post('logout')
  @HttpCode(204)
  async signOut(@Req() { session }: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const { user } = session
    await promisify(session.destroy).call(session)
    if (user) await this.tokens.forgetUser(user)
    response.clearCookie(cookieName)
  }
}
