import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common'
import type { Request } from 'express'
import { Problem } from '../problem.js'

/**
 * Refuses what pages of other origins send. `sameSite` alone does not: a page on another port or subdomain is of
 * the same site, and signing in needs no cookie.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>()
    const site = request.get('sec-fetch-site')
    const origin = request.get('origin')
    const same = site
      ? site === 'same-origin' || site === 'none'
      : origin === undefined || origin === `${request.protocol}://${request.get('host')}`
    if (!same) throw new Problem(403, 'origin_not_allowed', 'Pages of other origins may not do this.')
    return true
  }
}
