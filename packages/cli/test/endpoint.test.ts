import { tesouroTokensRouter } from '@tesouro-tokens/express'
import type express from 'express'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { application, path } from './mistakes/application.js'
import { doctor } from './run.js'

beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))
afterAll(() => void vi.restoreAllMocks())

test('a mint limit that is reached is taken for a refusal of attacks', async () => {
  for (const perMinute of [1, 2, 4, 5, 6, 7]) {
    // No rule about origins, so that only the limit keeps tokens back.
    const { args = [], env = {} } = await application(({ app, tokens, sessions }) => {
      const anyOrigin: express.RequestHandler = (request, _response, next) => {
        delete request.headers.origin
        request.headers['sec-fetch-site'] = 'same-origin'
        next()
      }
      const getUser = (request: express.Request) => request.session.user
      const router = tesouroTokensRouter({ tokens, getUser, mintLimit: { perMinute } })
      app.use('/api/tesouro', anyOrigin, sessions, router)
    })
    const { report } = await doctor(args, { env })
    const statuses = report.checks.filter(({ id }) => id === 'endpoint-origin').map(({ status }) => status)
    expect(statuses).toEqual(['skip'])
  }
})

test('a right endpoint runs into its own mint limit while it is tried', async () => {
  const { args = [], env = {} } = await application(({ app, tokens, sessions }) => {
    const getUser = (request: express.Request) => request.session.user
    app.use('/api/tesouro', sessions, tesouroTokensRouter({ tokens, getUser, mintLimit: { perMinute: 8 } }))
  })
  const { report } = await doctor(args, { env })
  expect(report.checks.filter(({ id, status }) => id.startsWith('endpoint') && status !== 'ok')).toEqual([])
})

test('what the doctor sends follows a redirect with the cookie in it', async () => {
  const seen: string[] = []
  const { args = [], env = {} } = await application(({ app }) => {
    app.use((request, response) => {
      seen.push(request.path)
      response.redirect(307, '/elsewhere')
    })
  })
  await doctor(args, { env })
  expect(new Set(seen)).toEqual(new Set([path]))
})
