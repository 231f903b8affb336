import { Controller, Get, Header, Req, Res } from '@nestjs/common'
import { feed, feedHeaders, type PlatformFacts, platform } from '@tesouro-tokens/example-backstage'
import type { TesouroUser } from '@tesouro-tokens/nestjs'
import type { Request, Response } from 'express'
import { type Customer, Customers } from '../auth/customers.js'

interface DemoFacts extends PlatformFacts {
  framework: string
  customers: readonly Customer[]
  user: TesouroUser | null
}

/** What the demo page shows of the server's inside. Your application has pages of its own: skip this folder. */
@Controller('demo')
export class PageController {
  constructor(private readonly customers: Customers) {}

  @Get()
  @Header('cache-control', 'no-store')
  facts(@Req() { session }: Request): DemoFacts {
    return { framework: 'NestJS', ...platform, customers: this.customers.all, user: session.user ?? null }
  }

  @Get('events')
  events(@Req() request: Request, @Res() response: Response): void {
    // 204 tells the browser not to ask again.
    if (!request.session.user) return void response.status(204).set('cache-control', 'no-store').end()
    // Nothing else is asked over this connection: left open, it would keep the server from stopping.
    response.writeHead(200, { ...feedHeaders, connection: 'close' })
    const write = (text: string): void => void response.write(text)
    response.once('close', feed.join({ session: request.sessionID, write, end: () => response.end() }))
  }
}
