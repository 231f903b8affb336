// Becomes CommonJS, as most Nest 11 applications are: `require()` loads the ES modules of the packages.
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { TesouroTokensModule } from '@tesouro-tokens/nestjs'
import { type AdapterScenario, adapterOptions } from './subject.cjs'

@Module({
  imports: [
    TesouroTokensModule.forRootAsync({
      useFactory: async () => adapterOptions(process.env.SCENARIO as AdapterScenario, process.env),
      path: 'tesouro/widget-token',
    }),
  ],
})
class AppModule {}

async function bootstrap(): Promise<void> {
  const platform = process.env.PLATFORM === 'fastify' ? new FastifyAdapter() : new ExpressAdapter()
  const app = await NestFactory.create(AppModule, platform, { logger: false })
  app.setGlobalPrefix('api')
  await app.listen(Number(process.env.PORT), '127.0.0.1')
}
void bootstrap()
