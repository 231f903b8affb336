import { describeAdapter, type FrameworkFirst } from '@tesouro-tokens/conformance/adapter'
import { TesouroTokensModule } from '@tesouro-tokens/nestjs'
import { platforms, start } from './application.js'

// Nest parses bodies on both platforms unless it is told not to.
const parsed: FrameworkFirst = { malformedJson: 400, undeclaredOver8KiB: 200, undeclared2MiB: 413 }
const fastifyKnows = ['text/plain', 'application/x-www-form-urlencoded']
const differences: Record<'Express' | 'Fastify', FrameworkFirst> = {
  Express: parsed,
  Fastify: {
    ...parsed,
    emptyJson: 400,
    methodsWithBody: ['POST', 'PUT', 'DELETE', 'OPTIONS'],
    unsupportedType: (type = '') => (fastifyKnows.includes(type) ? undefined : 415),
  },
}

for (const [name, platform] of platforms) {
  describeAdapter(
    `Nest 12 on ${name}`,
    async ({ options }) => {
      const { origin, close } = await start(
        platform,
        { imports: [TesouroTokensModule.forRoot(options)] },
        (app) => app.setGlobalPrefix('api'),
      )
      return { url: `${origin}/api/tesouro/widget-token`, close }
    },
    differences[name],
  )
}

describeAdapter('Nest 12 on Express without its body parser', async ({ options }) => {
  const { origin, close } = await start(
    platforms[0][1],
    { imports: [TesouroTokensModule.forRoot({ ...options, path: 'widget-token' })] },
    undefined,
    { bodyParser: false },
  )
  return { url: `${origin}/widget-token`, close }
})
