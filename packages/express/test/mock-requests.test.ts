import { EventEmitter } from 'node:events'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import express from 'express'
import inject from 'light-my-request'
import { createRequest, createResponse } from 'node-mocks-http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTesouroTokens, tesouroTokensRouter } from '../src/index.js'

// What users' own tests send: objects that have a request's members, and no connection or stream behind them.

let sandbox: Sandbox
let router: express.Router
beforeAll(async () => {
  sandbox = await startSandbox()
  const tokens = createTesouroTokens(sandbox.options)
  router = tesouroTokensRouter({ tokens, getUser: () => ({ sub: 'user-1', email: 'user-1@bank.example' }) })
})
afterAll(() => sandbox.close())

interface Answered {
  status: number
  text: string
}

const bodies: readonly { name: string; body: object | undefined; status: number }[] = [
  { name: 'no body', body: undefined, status: 200 },
  { name: "the session's user", body: { userId: 'user-1' }, status: 200 },
  { name: 'another user', body: { userId: 'user-2' }, status: 403 },
]

async function expectAnswer({ status, text }: Answered, expected: number): Promise<void> {
  expect(status, text).toBe(expected)
  if (status !== 200) return
  const { widgetToken } = JSON.parse(text) as { widgetToken: string }
  expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({ sub: 'user-1' })
}

function byMocks(handler: express.RequestHandler, body: object | undefined): Promise<Answered> {
  const headers = { 'content-type': 'application/json' }
  const request = createRequest({ method: 'POST', url: '/widget-token', headers, ...(body && { body }) })
  const response = createResponse({ eventEmitter: EventEmitter })
  return new Promise((resolve, reject) => {
    response.on('end', () => resolve({ status: response.statusCode, text: String(response._getData()) }))
    void handler(request, response, reject)
  })
}

test.each(bodies)(
  'the router alone does not answer a request of node-mocks-http: $name',
  async ({ body, status }) => {
    await expectAnswer(await byMocks(router, body), status)
  },
)

test.each(bodies)(
  'an application does not answer a request of node-mocks-http: $name',
  async ({ body, status }) => {
    await expectAnswer(await byMocks(express().set('trust proxy', true).use(router), body), status)
  },
)

// The last ones, because it changes what all of Express's requests are made of.
test.each(bodies)(
  'an application does not answer a request of light-my-request: $name',
  async ({ body, status }) => {
    const { statusCode, body: text } = await inject(express().use('/api', router), {
      method: 'POST',
      url: '/api/widget-token',
      ...(body && { payload: body }),
    })
    await expectAnswer({ status: statusCode, text }, status)
  },
)
