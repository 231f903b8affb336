import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { doctor, folder } from '../run.js'
import { application } from './application.js'
import { minting } from './endpoint-tokens.js'
import { envWith, platform, type SetUp, server } from './mistake.js'

beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))
afterAll(() => void vi.restoreAllMocks())

/** What nobody can know, and the check that says so. */
const untold: readonly { name: string; setUp(): SetUp | Promise<SetUp>; id: string; found: RegExp }[] = [
  {
    name: 'other methods, of a user whose mint limit is reached',
    setUp: () =>
      application(
        minting(({ request, response }) => {
          if (request.method === 'GET') response.sendStatus(429)
        }),
      ),
    id: 'endpoint-form',
    found: /mint limit of this user is reached/,
  },
  {
    name: 'what strangers get, of a server that ends their connections',
    setUp: () =>
      application(
        minting(
          () => undefined,
          (response) => void response.socket?.destroy(),
        ),
      ),
    id: 'endpoint-session',
    found: /ends connections without an answer/,
  },
  {
    name: 'the widget secret, at a gateway that fails',
    setUp: async () => {
      const { env, faults } = await platform()
      faults.status(500, { on: 'gateway' })
      return { env }
    },
    id: 'widget-token',
    found: /the gateway answers with status 500 sandbox_fault: the widget secret is not proven/,
  },
  {
    name: 'the widget secret, where subject tokens come from code',
    setUp: async () => ({ env: await envWith({ TESOURO_SUBJECT_TOKEN_KEY: undefined }) }),
    id: 'widget-token',
    found: /nothing to make subject tokens with/,
  },
  ...['subject-token', 'widget-token'].map((id) => ({
    name: `${id}, for a user who is named by half`,
    setUp: async () => ({ env: await envWith(), args: ['--user', 'u_1'] }),
    id,
    found: /no user was named: give --user and --email/,
  })),
  {
    name: 'the clock of a platform that says no time',
    setUp: async () => {
      const silent = await server((_request, response) => {
        response.sendDate = false
        response.end('{}')
      })
      return { env: await envWith({ TESOURO_BASE_URL: silent }) }
    },
    id: 'clock',
    found: /the answer has no Date/,
  },
]

test.each(untold)('what cannot be known is told as wrong: $name', async ({ setUp, id, found }) => {
  const { args = [], env = {}, files = {}, terminal } = await setUp()
  const { report } = await doctor(args, { env, cwd: await folder(files), ...terminal })
  const results = report.checks.filter((check) => check.id === id)
  expect(results.map(({ status }) => status)).toEqual(['skip'])
  expect(results[0]?.found).toMatch(found)
})
