import 'reflect-metadata'
import { ConfigService } from '@nestjs/config'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { AppModule } from './app.module.js'
import { session } from './auth/session.js'
import { servePage } from './page/page.module.js'

// Starting waits for `tokens.ready()`, and ends with what is wrong in the configuration.
const app = await NestFactory.create<NestExpressApplication>(AppModule, {
  logger: ['fatal', 'error', 'warn'],
})
const config = app.get(ConfigService)

app.disable('x-powered-by')
app.setGlobalPrefix('api', { exclude: ['login', 'logout'] })
app.use(session(config.get<string>('SESSION_SECRET')))
servePage(app)

// SIGTERM and SIGINT let requests finish, then close the tokens.
app.enableShutdownHooks()
// This machine alone: whoever reaches the example may sign in.
await app.listen(config.get<string>('PORT') || 4000, config.get<string>('HOST') || '127.0.0.1')
console.log(`listening on ${await app.getUrl()}`)
