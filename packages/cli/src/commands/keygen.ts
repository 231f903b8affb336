import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { type Command, Option } from 'commander'
import { calculateJwkThumbprint, exportJWK } from 'jose'
import type { Session } from '../session.js'
import { type CommonOptions, withJson } from './options.js'

const algorithms = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
] as const
type Algorithm = (typeof algorithms)[number]

/** Makes keys. What it prints is new, so it is the one command that prints secrets: they are what was asked for. */
export function addKeygen(program: Command, session: Session): void {
  const keygen = program
    .command('keygen')
    .description('makes keys: for subject tokens, for a shared cache, for a sandbox')
  withJson(keygen.command('subject-token'))
    .description('a key that signs subject tokens, and the JWKS with its public part, for onboarding')
    .addOption(
      new Option('--algorithm <name>', 'the algorithm that onboarding asks for')
        .choices(algorithms)
        .default('ES256'),
    )
    .option('--key-id <id>', 'the kid of the key; default: its thumbprint (RFC 7638)')
    .action(async (given: CommonOptions & { algorithm: Algorithm; keyId?: string }) =>
      printKey(session, given),
    )
  for (const [name, variable, about] of [
    ['cache-key', 'TESOURO_CACHE_KEYS', 'a key that seals what is kept in a shared cache: 64 hex digits'],
    [
      'widget-secret',
      'TESOURO_WIDGET_SECRET',
      'a widget secret for a sandbox of yours; the real one comes from onboarding',
    ],
  ] as const) {
    withJson(keygen.command(name))
      .description(about)
      .action(({ json }: CommonOptions) => {
        const key = randomBytes(32).toString('hex')
        if (json) session.output(true).document({ command: 'keygen', ok: true, kind: name, variable, key })
        else session.output(false).raw(`${variable}='${key}'`)
      })
  }
}

async function printKey(
  session: Session,
  given: CommonOptions & { algorithm: Algorithm; keyId?: string },
): Promise<void> {
  const { algorithm } = given
  const { privateKey, publicKey } = pairFor(algorithm)
  const shared = await exportJWK(publicKey)
  const kid = given.keyId ?? (await calculateJwkThumbprint(shared))
  const members = { kid, alg: algorithm, use: 'sig' }
  const key = { ...(await exportJWK(privateKey)), ...members }
  const jwks = { keys: [{ ...shared, ...members }] }
  const output = session.output(given.json)
  if (output.json) return output.document({ command: 'keygen', ok: true, kind: 'subject-token', key, jwks })
  output.raw('# For .env or your secret manager. It is secret: anybody who has it can sign for every user.')
  output.raw(`TESOURO_SUBJECT_TOKEN_KEY='${JSON.stringify(key)}'`)
  output.raw(`TESOURO_SUBJECT_TOKEN_ALGORITHM=${algorithm}`)
  output.raw(`TESOURO_SUBJECT_TOKEN_KEY_ID=${kid}`)
  output.raw('')
  output.raw('# For onboarding. It is public:')
  output.raw(JSON.stringify(jwks, null, 2).replace(/^/gm, '# '))
}

function pairFor(algorithm: Algorithm): ReturnType<typeof generateKeyPairSync> {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' })
    case 'ES512':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
    default:
      return generateKeyPairSync('rsa', { modulusLength: 2_048 })
  }
}
