import { describe, expect, test } from 'vitest'
import { doctor, folder } from '../run.js'
import { endpointMistakes } from './endpoint.js'
import { answerMistakes } from './endpoint-answers.js'
import { identityMistakes } from './endpoint-identity.js'
import { tokenMistakes } from './endpoint-tokens.js'
import type { Mistake } from './mistake.js'
import { nearEndpointMistakes } from './near-endpoint.js'
import { options } from './options.js'
import { packages } from './packages.js'
import { platformMistakes } from './platform.js'
import { platformAnswers } from './platform-answers.js'
import { redisMistakes } from './redis.js'

/** What must not be shown, whatever goes wrong. */
const secret = /SECRET$|TOKEN_KEY$/

async function named({ setUp, id, status, found, todo }: Mistake): Promise<void> {
  const { args = [], env = {}, files = {}, terminal } = await setUp()
  const { report, code, out } = await doctor(args, { env, cwd: await folder(files), ...terminal })
  const results = report.checks.filter((check) => check.id === id)
  const hit = results.find((check) => check.status === status && found.test(check.found))
  expect(
    hit,
    JSON.stringify(
      report.checks.filter((check) => check.status !== 'ok'),
      null,
      2,
    ),
  ).toBeDefined()
  if (todo !== undefined) expect(hit?.todo.join('\n')).toMatch(todo)
  expect(hit?.todo.length).toBeGreaterThan(0)
  if (status === 'fail') expect(code).toBe(1)
  for (const [name, value] of Object.entries(env)) {
    if (secret.test(name) && value) expect(out).not.toContain(value)
  }
}

describe('a mistake is not named:', () => {
  test.each([...options, ...packages, ...platformMistakes])('$name', named)
  test.each([...endpointMistakes, ...nearEndpointMistakes, ...identityMistakes])('$name', named)
  test.each([...answerMistakes, ...tokenMistakes])('$name', named)
  test.each(platformAnswers)('$name', named)
  test.each(redisMistakes)('$name', named)
})
