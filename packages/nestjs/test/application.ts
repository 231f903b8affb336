import type { AddressInfo } from 'node:net'
import { type INestApplication, Module, type ModuleMetadata } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { onTestFinished } from 'vitest'

/** Both of Nest's HTTP platforms. */
export const platforms = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
] as const

export interface Running {
  app: INestApplication
  /** Scheme, host and port. */
  origin: string
  close(): Promise<void>
}

/** A real application on a free port of loopback. `abortOnError` is off: a failed start would end the test runner. */
export async function start(
  platform: () => ExpressAdapter | FastifyAdapter,
  metadata: ModuleMetadata,
  configure: (app: INestApplication) => unknown = () => {},
  options: { bodyParser?: boolean } = {},
): Promise<Running> {
  @Module(metadata)
  class AppModule {}

  const app = await NestFactory.create(AppModule, platform(), {
    logger: false,
    abortOnError: false,
    ...options,
  })
  configure(app)
  await app.listen(0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as AddressInfo
  const close = async (): Promise<void> => {
    app.getHttpServer().closeAllConnections()
    await app.close()
  }
  return { app, origin: `http://127.0.0.1:${port}`, close }
}

/** The same, closed when the test ends. */
export async function serve(...given: Parameters<typeof start>): Promise<Running> {
  const running = await start(...given)
  onTestFinished(running.close)
  return running
}
