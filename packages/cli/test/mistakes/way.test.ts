import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import tls from 'node:tls'
import type { Sandbox } from '@tesouro-tokens/sandbox'
import { expect, onTestFinished, test, vi } from 'vitest'
import { doctor } from '../run.js'
import { platform } from './mistake.js'

/** An address of nobody's (RFC 5737), which stands for the real platform. */
const real = 'https://192.0.2.1'

/** Puts connections of the test's own in the place of Node's. */
function connecting(open: () => net.Socket): void {
  onTestFinished(() => {
    vi.restoreAllMocks()
    syncBuiltinESMExports()
  })
  for (const module of [net, tls]) vi.spyOn(module, 'connect').mockImplementation(open as never)
  syncBuiltinESMExports()
}

/** A connection that fails with an error as Node's have it. */
function failing(error: object | undefined): net.Socket {
  const socket = new net.Socket()
  process.nextTick(() => socket.destroy(error && Object.assign(new Error('canary of a message'), error)))
  return socket
}

/** The check of the address, as the doctor reports it. */
async function address(baseUrl: string, env: { [name: string]: string } = {}): Promise<unknown> {
  const { env: right } = await platform()
  const { report, out } = await doctor([], { env: { ...right, TESOURO_BASE_URL: baseUrl, ...env } })
  expect(out).not.toContain('canary')
  const { status, found, todo } = report.checks.find(({ id }) => id === 'address') ?? {}
  return { status, said: [found, ...(todo ?? [])].join(' ') }
}

test.each([
  ['ECONNREFUSED', { code: 'ECONNREFUSED' }, /nothing listens at 192\.0\.2\.1:443 .*Check host and port/],
  ['ETIMEDOUT', { code: 'ETIMEDOUT' }, /packets are lost on the way.*firewall or a VPN/],
  ['an old certificate', { code: 'CERT_HAS_EXPIRED' }, /certificate of 192\.0\.2\.1:443 has expired.*clock/],
  ['another host’s', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, /for another host.*the name that/],
  ['no route', { code: 'EHOSTUNREACH' }, /no way to 192\.0\.2\.1:443 \(EHOSTUNREACH\)/],
  ['no network', { code: 'ENETUNREACH' }, /no way to 192\.0\.2\.1:443 \(ENETUNREACH\)/],
  ['several addresses', { errors: [{ code: 'EHOSTUNREACH' }, {}] }, /no way to .*\(EHOSTUNREACH\)/],
  ['an error without a code', { errors: [] }, /connection to 192\.0\.2\.1:443 failed \(unknown\)/],
  ['a code that is a text', { code: 'canary of a code' }, /failed \(unknown\)/],
  ['a connection that is closed', undefined, /failed \(ECONNRESET\).*proxies in between/],
])('why the platform cannot be reached is not named: %s', async (_, error, said) => {
  connecting(() => failing(error))
  expect(await address(real)).toEqual({ status: 'fail', said: expect.stringMatching(said) })
})

test('nobody is told that a proxy is set and not used, or somebody for whom it changes nothing is', async () => {
  connecting(() => failing({ code: 'ECONNREFUSED' }))
  const advice = /HTTPS_PROXY is set, but Node's fetch does not use it/
  const env = { HTTPS_PROXY: 'http://proxy.example:3128' }
  expect(await address(real, env)).toMatchObject({ said: expect.stringMatching(advice) })
  for (const own of ['http://localhost', 'https://localhost']) {
    expect(await address(own, env)).toMatchObject({ said: expect.not.stringMatching(advice) })
  }
})

/** The sandbox under the address of the real platform, and what the doctor reports about it. */
async function asReal(
  { baseUrl, env }: Sandbox,
  args: readonly string[],
  changes: { readonly [name: string]: string } = {},
): Promise<(id: string) => unknown> {
  const { port } = new URL(baseUrl)
  const open = net.createConnection
  connecting(() => {
    const socket = open({ host: '127.0.0.1', port: Number(port) })
    return socket.once('connect', () => socket.emit('secureConnect'))
  })
  const send = globalThis.fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) =>
    send(String(input).replace(real, baseUrl.replace(/\/$/, '')), init),
  )
  const { report } = await doctor(args, { env: { ...env, TESOURO_BASE_URL: real, ...changes } })
  return (id) => report.checks.find((check) => check.id === id)
}

const user = ['--user', 'u_1', '--email', 'u_1@example.com']

test('at the real platform a person is invented, or a right certificate is not seen', async () => {
  const checkOf = await asReal(await platform(), [])
  expect(checkOf('address')).toMatchObject({
    status: 'ok',
    found: expect.stringMatching(/its certificate is good/),
  })
  expect(checkOf('client')).toMatchObject({ status: 'ok' })
  for (const id of ['subject-token', 'widget-token']) {
    expect(checkOf(id)).toMatchObject({ status: 'skip', found: expect.stringMatching(/no user was named/) })
  }
})

test('a refusal of the real gateway is taken for a proof', async () => {
  const checkOf = await asReal(await platform(), user, { TESOURO_WIDGET_SECRET: 'ab'.repeat(32) })
  expect(checkOf('widget-token')).toMatchObject({
    status: 'warn',
    found: expect.stringMatching(/so this is no proof/),
  })
})

test('at the real platform somebody is told how a sandbox draws its secrets', async () => {
  const checkOf = await asReal(await platform(), user, { TESOURO_CLIENT_SECRET: 'of-another-environment' })
  expect(checkOf('client')).toMatchObject({ status: 'fail', found: expect.stringMatching(/invalid_client/) })
  expect(JSON.stringify(checkOf('client'))).not.toMatch(/sandbox of your own/)
})
