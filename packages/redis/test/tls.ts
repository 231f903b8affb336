import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RedisServer } from '@tesouro-tokens/conformance/redis'

/** Whether no certificate can be made here. @throws Error where services are required */
export function openSslIsMissing(): boolean {
  if (spawnSync('openssl', ['version']).error === undefined) return false
  if (process.env.REQUIRE_SERVICES === '1') throw new Error('no openssl on the path')
  process.stderr.write('\n*** SKIPPED, Redis behind TLS was not tested: no openssl on the path ***\n\n')
  return true
}

/** Gives a Redis a second port, for TLS, with a certificate that it has signed itself. */
export async function listenWithTls(server: RedisServer): Promise<{ tlsPort: number; ca: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-tls-'))
  try {
    const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '1']
    const named = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    const files = ['-keyout', key, '-out', certificate]
    await promisify(execFile)('openssl', ['req', '-x509', ...made, ...named, ...files])
    const tlsPort = await freePort()
    const settings = {
      'tls-cert-file': certificate,
      'tls-key-file': key,
      'tls-ca-cert-file': certificate,
      'tls-auth-clients': 'no',
      'tls-port': `${tlsPort}`,
    }
    await server.command('CONFIG', 'SET', ...Object.entries(settings).flat())
    return { tlsPort, ca: await readFile(certificate, 'utf8') }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
