import 'reflect-metadata'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Body, Controller, HttpCode, Module, type ModuleMetadata, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { TesouroTokensModule } from '@tesouro-tokens/nestjs'
import { publishedSnippet } from '../../../peers/published-snippet.js'
import { credentials } from '../../credentials.js'
import { constantAnswer, sessionHeader, userOf } from '../session.js'
import { createTokens } from '../tokens.js'

const path = 'api/tesouro/widget-token'

@Controller(path)
class SnippetController {
  @Post()
  @HttpCode(200)
  async mint(@Body() body: { userId: string; userEmail: string }): Promise<{ widgetToken: string }> {
    return { widgetToken: await publishedSnippet(body, credentials) }
  }
}

@Controller(path)
class ConstantController {
  @Post()
  @HttpCode(200)
  answer(@Body() _: unknown): typeof constantAnswer {
    return constantAnswer
  }
}

const modules: { [variant: string]: () => ModuleMetadata } = {
  ours: () => ({
    imports: [
      TesouroTokensModule.forRoot({
        tokens: createTokens(),
        getUser: ({ headers }: { headers: IncomingHttpHeaders }) => userOf(headers[sessionHeader]),
        path,
      }),
    ],
  }),
  snippet: () => ({ controllers: [SnippetController] }),
  constant: () => ({ controllers: [ConstantController] }),
}

@Module(modules[process.argv[2] ?? '']?.() ?? {})
class AppModule {}

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false })
await app.listen(0, '127.0.0.1')
const { port } = app.getHttpServer().address() as AddressInfo
console.log(`http://127.0.0.1:${port}`)
process.on('SIGTERM', () => process.exit()) // in the ordinary way, so that a profile is written
