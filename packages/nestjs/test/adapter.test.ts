import { behind, describeAdapter } from '@tesouro-tokens/conformance/adapter'
import { TesouroTokensModule } from '@tesouro-tokens/nestjs'
import { platforms, start } from './application.js'

// Nest parses bodies on both platforms unless it is told not to.
const differences = { Express: behind.bodyParser, Fastify: behind.fastify }

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
    name === 'Express' ? 'all' : 'sample',
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
