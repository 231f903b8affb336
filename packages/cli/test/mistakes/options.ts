import { generateKeyPairSync } from 'node:crypto'
import { envFile } from '../run.js'
import { envWith, type Mistake, platform } from './mistake.js'

const sec1 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ format: 'pem', type: 'sec1' })
  .toString()
const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ format: 'pem', type: 'spki' })
  .toString()

/** Variables, keys and files. */
export const options: readonly Mistake[] = [
  {
    name: 'nothing is set',
    setUp: () => ({}),
    id: 'options',
    status: 'fail',
    found: /TESOURO_CLIENT_ID: is missing/,
    todo: /npx @tesouro-tokens\/sandbox/,
  },
  {
    name: 'the widget secret in base64',
    setUp: async () => ({
      env: await envWith({ TESOURO_WIDGET_SECRET: Buffer.alloc(32, 7).toString('base64') }),
    }),
    id: 'options',
    status: 'fail',
    found: /TESOURO_WIDGET_SECRET: looks like base64/,
  },
  {
    name: 'a digit of the widget secret is lost',
    setUp: async () => ({ env: await envWith({ TESOURO_WIDGET_SECRET: 'a'.repeat(63) }) }),
    id: 'options',
    status: 'fail',
    found: /63 hex digits/,
  },
  {
    name: 'a key in SEC1',
    setUp: async () => ({ env: await envWith({ TESOURO_SUBJECT_TOKEN_KEY: sec1 }) }),
    id: 'options',
    status: 'fail',
    found: /SEC1/,
    todo: /keygen subject-token/,
  },
  {
    name: 'the public key',
    setUp: async () => ({ env: await envWith({ TESOURO_SUBJECT_TOKEN_KEY: publicKey }) }),
    id: 'options',
    status: 'fail',
    found: /public key/,
  },
  {
    name: 'an algorithm that is not the key’s',
    setUp: async () => ({ env: await envWith({ TESOURO_SUBJECT_TOKEN_ALGORITHM: 'RS256' }) }),
    id: 'options',
    status: 'fail',
    found: /another kind than RS256/,
  },
  {
    name: 'the environment and a base URL',
    setUp: async () => ({ env: await envWith({ TESOURO_ENVIRONMENT: 'sandbox' }) }),
    id: 'options',
    status: 'fail',
    found: /exactly one/,
  },
  {
    name: 'the name under which the vendor’s demo knows the base URL',
    setUp: async () => {
      const { TESOURO_BASE_URL, ...env } = await envWith()
      return { env: { ...env, TESOURO_API_BASE_URL: TESOURO_BASE_URL } }
    },
    id: 'environment',
    status: 'fail',
    found: /TESOURO_API_BASE_URL/,
    todo: /Rename it to TESOURO_BASE_URL/,
  },
  {
    name: 'a letter too many in a name',
    setUp: async () => {
      const { TESOURO_CLIENT_SECRET, ...env } = await envWith()
      return { env: { ...env, TESOURO_CLIENT_SECRETS: TESOURO_CLIENT_SECRET } }
    },
    id: 'environment',
    status: 'fail',
    found: /TESOURO_CLIENT_SECRETS/,
    todo: /Rename it to TESOURO_CLIENT_SECRET\b/,
  },
  {
    name: 'a placeholder that nobody has filled in',
    setUp: async () => ({ env: await envWith({ TESOURO_CLIENT_SECRET: 'your-client-secret' }) }),
    id: 'environment',
    status: 'fail',
    found: /TESOURO_CLIENT_SECRET .*placeholder/,
  },
  {
    name: 'a secret with a # that is not in quotes',
    setUp: async () => {
      const { env } = await platform({
        clients: [{ clientId: 'c', clientSecret: 'first#second-part-of-it' }],
      })
      const { TESOURO_CLIENT_SECRET, ...others } = env
      return { files: { '.env': `${envFile(others)}TESOURO_CLIENT_SECRET=${TESOURO_CLIENT_SECRET}\n` } }
    },
    id: 'environment',
    status: 'fail',
    found: /TESOURO_CLIENT_SECRET is cut at its #/,
    todo: /Repair line \d/,
  },
  {
    name: 'typographic quotes',
    setUp: async () => {
      const { TESOURO_CLIENT_ID, ...others } = await envWith()
      return { files: { '.env': `${envFile(others)}TESOURO_CLIENT_ID=“${TESOURO_CLIENT_ID}”\n` } }
    },
    id: 'environment',
    status: 'fail',
    found: /TESOURO_CLIENT_ID is in typographic quotes/,
    todo: /Repair line \d/,
  },
  {
    name: 'a .env with a byte order mark',
    setUp: async () => ({ files: { '.env': `\ufeff${envFile(await envWith())}` } }),
    id: 'environment',
    status: 'fail',
    found: /byte order mark/,
  },
  {
    name: 'an old value in the shell wins over the .env',
    setUp: async () => ({
      files: { '.env': envFile(await envWith()) },
      env: { TESOURO_CLIENT_SECRET: 'of-yesterday-and-no-longer-good' },
    }),
    id: 'environment',
    status: 'warn',
    found: /TESOURO_CLIENT_SECRET: .env has another value than the environment/,
    todo: /unset TESOURO_CLIENT_SECRET/,
  },
  {
    name: 'variables in a file that Next.js reads and Node does not',
    setUp: async () => ({ files: { '.env': 'OTHER=1\n', '.env.local': envFile(await envWith()) } }),
    id: 'environment',
    status: 'warn',
    found: /\.env\.local sets TESOURO_CLIENT_ID, .*is not read here/,
    todo: /doctor --env \.env --env \.env\.local/,
  },
  {
    name: 'a Node that is too old',
    setUp: async () => ({ env: await envWith(), terminal: { nodeVersion: '20.11.1' } }),
    id: 'node',
    status: 'fail',
    found: /20\.11\.1/,
  },
  ...['22.11.0', '23.5.0'].map((nodeVersion) => ({
    name: `Node ${nodeVersion}, which loads no ES modules by require`,
    setUp: () => ({ terminal: { nodeVersion } }),
    id: 'node',
    status: 'fail' as const,
    found: new RegExp(nodeVersion),
  })),
]
