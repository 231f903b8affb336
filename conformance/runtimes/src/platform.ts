import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { exportJWK, exportPKCS8, generateKeyPair, type JWK } from 'jose'

/** A platform for one runtime, and what the programs in `programs/` are told of it. */
export interface Platform extends AsyncDisposable {
  /** Can be written as JSON. */
  readonly setting: { readonly [name: string]: unknown }
  /** The client's settings as environment variables. */
  readonly env: Readonly<Record<string, string>>
}

/** Starts a sandbox whose clock, exchanges and expired tokens a program in another process sees to over HTTP. */
export async function openPlatform(): Promise<Platform> {
  let aheadMs = 0
  const { keys, subjectTokenKeys } = await makeKeys()
  const sandbox = await startSandbox({
    rateLimit: false,
    clock: { now: () => Date.now() + aheadMs },
    clients: [{ clientId: 'runtimes', subjectTokenKeys }],
  })
  const control = await openControl(sandbox, (ms) => {
    aheadMs += ms
  })
  const { subjectToken: _, ...options } = sandbox.options
  return {
    setting: { options, keys, control: control.address, revocationPath: sandbox.revocationPath },
    env: sandbox.env,
    async [Symbol.asyncDispose]() {
      await control.close()
      await sandbox.close()
    },
  }
}

interface Keys {
  /** Private ones, for the programs. */
  keys: { pem: string; jwk: JWK; rsa: JWK; ed: JWK; secret: string }
  subjectTokenKeys: { key: JWK | Uint8Array; algorithm: string; keyId?: string }[]
}

async function makeKeys(): Promise<Keys> {
  const pair = async (algorithm: string) => {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
    return { privateKey, jwk: await exportJWK(privateKey), key: await exportJWK(publicKey), algorithm }
  }
  const [ec, rsa, ed] = await Promise.all([pair('ES256'), pair('RS256'), pair('EdDSA')])
  const secret = crypto.getRandomValues(new Uint8Array(32))
  return {
    keys: {
      pem: await exportPKCS8(ec.privateKey),
      jwk: ec.jwk,
      rsa: rsa.jwk,
      ed: ed.jwk,
      secret: Buffer.from(secret).toString('hex'),
    },
    subjectTokenKeys: [
      ...[ec, rsa, ed].map(({ key, algorithm }) => ({ key, algorithm })),
      { key: secret, algorithm: 'HS256' },
    ],
  }
}

async function openControl(
  sandbox: Sandbox,
  moveClock: (ms: number) => void,
): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
    if (pathname === '/ahead') moveClock(Number(searchParams.get('ms')))
    if (pathname === '/expire') sandbox.faults.expireAccessTokens()
    response.end(pathname === '/exchanges' ? String(sandbox.count({ kind: 'token_exchange' })) : '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
