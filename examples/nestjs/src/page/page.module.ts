import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common'
import type { NestExpressApplication } from '@nestjs/platform-express'
import {
  browserPackageFolder,
  browserPackagePath,
  feed,
  pageFolder,
  pageHeaders,
} from '@tesouro-tokens/example-backstage'
import type { NextFunction, Request, Response } from 'express'
import { AuthModule } from '../auth/auth.module.js'
import { PageController } from './page.controller.js'

@Module({ imports: [AuthModule], controllers: [PageController] })
export class PageModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(endFeed).forRoutes('login', 'logout')
  }
}

/** What a session reads ends with it. */
function endFeed({ sessionID }: Request, response: Response, next: NextFunction): void {
  response.once('finish', () => feed.end(sessionID))
  next()
}

/** The files of the demo page, which the examples share. */
export function servePage(app: NestExpressApplication): void {
  const files = {
    etag: false,
    lastModified: false,
    setHeaders: (response: Response) => response.setHeaders(new Headers(pageHeaders)),
  }
  app.useStaticAssets(pageFolder, files)
  app.useStaticAssets(browserPackageFolder, { ...files, prefix: browserPackagePath })
}
