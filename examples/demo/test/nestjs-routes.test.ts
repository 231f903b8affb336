import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Stage, startStage } from '../src/stage.js'
import { Person } from '../src/walk/people.js'

// What the NestJS example has beyond what the page asks for.

const startNest = (onExampleLine: (line: string) => void = () => {}): Promise<Stage> =>
  startStage({ example: 'nestjs', usualPorts: false, onPlatformLine: () => {}, onExampleLine })

let stage: Stage
beforeAll(async () => {
  stage = await startNest()
})
afterAll(() => stage.close())
const newAna = (): Person => new Person('u_ana', 'ana@bank.example', stage.example.origin)

test('the health check says nothing of the tokens', async () => {
  const { status, json } = await newAna().browser.send('/api/health')
  const tesouro = { status: 'up', cache: 'up', upstream: expect.any(String) }
  expect([status, json]).toEqual([200, expect.objectContaining({ status: 'ok', details: { tesouro } })])
})

test('a controller gets the access token of nobody, or hands it to the page', async () => {
  const ana = newAna()
  const before = stage.sandbox.count({ kind: 'token_exchange' })
  expect((await ana.browser.send('/api/accounts/access')).status).toBe(401)
  expect(stage.sandbox.count({ kind: 'token_exchange' })).toBe(before)
  await ana.signIn()
  const answer = await ana.browser.send('/api/accounts/access')
  expect([answer.status, answer.json]).toEqual([200, { expiresAt: expect.any(Number) }])
  expect(answer.headers['cache-control']).toBe('no-store')
})

test('a page that listens keeps the server from stopping by itself', async () => {
  const { example, close } = await startNest()
  onTestFinished(close)
  const { headers } = await new Person('u_ana', 'ana@bank.example', example.origin).signIn()
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const events = await fetch(`${example.origin}/api/demo/events`, { headers: { cookie } })
  expect(events.headers.get('content-type')).toContain('text/event-stream')
  await Promise.all([example.stop(), events.text()])
  expect(await example.ended).toBe('was ended by SIGTERM')
})

test('a wrong configuration does not stop the start, or is told with its value', async () => {
  const wrong = 'canary-not-a-number'
  process.env.WIDGET_TOKEN_LIFETIME_SECONDS = wrong
  onTestFinished(() => void delete process.env.WIDGET_TOKEN_LIFETIME_SECONDS)
  const lines: string[] = []
  await expect(startNest((line) => lines.push(line))).rejects.toThrow('before it listened')
  expect(lines.join('\n')).toContain('widgetTokenLifetimeSeconds')
  expect(lines.join('\n')).not.toContain(wrong)
})
