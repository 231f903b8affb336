import type { INestApplication } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import { TesouroTokens, TesouroTokensModule } from '@tesouro-tokens/nestjs'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'

describe('the application', () => {
  const user = { sub: 'user-1', email: 'user-1@example.com' }
  let sandbox: Sandbox
  let app: INestApplication

  beforeAll(async () => {
    sandbox = await startSandbox()
    const module = TesouroTokensModule.forRoot({ ...sandbox.options, getUser: () => user })
    app = (await Test.createTestingModule({ imports: [module] }).compile()).createNestApplication()
    await app.listen(0, '127.0.0.1')
  })
  afterAll(async () => {
    await app.close()
    await sandbox.close()
  })

  it('mints at its route', async () => {
    const answer = await fetch(`${await app.getUrl()}/tesouro/widget-token`, { method: 'POST' })
    const { widgetToken } = (await answer.json()) as { widgetToken: string }
    expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject(user)
  })

  it('mints through what is injected', async () => {
    const { exp } = await app.get(TesouroTokens).mintWidgetToken(user)
    expect(exp).toBeGreaterThan(Date.now() / 1_000)
  })
})
