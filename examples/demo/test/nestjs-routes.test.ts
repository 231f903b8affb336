import { expect, onTestFinished, test } from 'vitest'
import { type Stage, startStage } from '../src/stage.js'
import { Person } from '../src/walk/people.js'

/** What the NestJS example has beyond what the page asks for. */
async function startNest(): Promise<{ stage: Stage; ana: Person; lines: string[] }> {
  const lines: string[] = []
  const stage = await startStage({
    example: 'nestjs',
    usualPorts: false,
    onPlatformLine: () => {},
    onExampleLine: (line) => lines.push(line),
  })
  onTestFinished(stage.close)
  return { stage, ana: new Person('u_ana', 'ana@bank.example', stage.example.origin), lines }
}

test('a controller gets the access token of nobody, or hands it to the page', async () => {
  const { ana, stage } = await startNest()
  expect((await ana.browser.send('/api/accounts/access')).status).toBe(401)
  expect(stage.sandbox.count({ kind: 'token_exchange' })).toBe(0)
  await ana.signIn()
  const answer = await ana.browser.send('/api/accounts/access')
  expect([answer.status, answer.json]).toEqual([200, { expiresAt: expect.any(Number) }])
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(stage.sandbox.count({ kind: 'token_exchange', user: 'u_ana' })).toBe(1)
})

test('the health check says nothing of the tokens', async () => {
  const { ana } = await startNest()
  const { status, json } = await ana.browser.send('/api/health')
  const tesouro = { status: 'up', cache: 'up', upstream: 'unknown' }
  expect([status, json]).toEqual([200, expect.objectContaining({ status: 'ok', details: { tesouro } })])
})

test('a wrong configuration does not stop the start, or is told with its value', async () => {
  const wrong = 'canary-not-a-number'
  process.env.WIDGET_TOKEN_LIFETIME_SECONDS = wrong
  onTestFinished(() => void delete process.env.WIDGET_TOKEN_LIFETIME_SECONDS)
  const lines: string[] = []
  const starting = startStage({
    example: 'nestjs',
    usualPorts: false,
    onPlatformLine: () => {},
    onExampleLine: (line) => lines.push(line),
  })
  await expect(starting).rejects.toThrow('before it listened')
  expect(lines.join('\n')).toContain('widgetTokenLifetimeSeconds')
  expect(lines.join('\n')).not.toContain(wrong)
})

test('a page that listens keeps the server from stopping by itself', async () => {
  const { ana, stage } = await startNest()
  const { headers } = await ana.signIn()
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const events = await fetch(`${stage.example.origin}/api/demo/events`, { headers: { cookie } })
  expect(events.headers.get('content-type')).toContain('text/event-stream')
  await Promise.all([stage.example.stop(), events.text()])
  expect(await stage.example.ended).toBe('was ended by SIGTERM')
})
