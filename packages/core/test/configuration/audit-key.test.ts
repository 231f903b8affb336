import { expect, it } from 'vitest'
import { createTesouroTokens, type TesouroTokensEvent } from '../../src/index.js'
import { validOptions } from '../valid-options.js'

/** The names of users in the events of a process that mints for each of them. */
async function namesIn(auditKey: string | undefined, ...subs: string[]): Promise<(string | undefined)[]> {
  const events: TesouroTokensEvent[] = []
  const tokens = createTesouroTokens(validOptions({ auditKey, onEvent: (event) => events.push(event) }))
  for (const sub of subs) await tokens.mintWidgetToken({ sub, email: 'user@bank.example' })
  await tokens.close()
  return events.map((event) => ('user' in event ? event.user : undefined))
}

const key = '5a'.repeat(32)

it('nobody can follow a user from one process to the next, although there is a key for that', async () => {
  const [first, other] = await namesIn(key, 'u-1', 'u-2')
  expect(await namesIn(key, 'u-1', 'u-2')).toEqual([first, other])
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect(other).not.toBe(first)
})

it('a user has the same name without the key, or under another one', async () => {
  const names = [key, '5b'.repeat(32), undefined, undefined].map((each) => namesIn(each, 'u-1'))
  expect(new Set((await Promise.all(names)).flat()).size).toBe(4)
})

it('a key that is too short names users all the same', () => {
  expect(() => createTesouroTokens(validOptions({ auditKey: 'ab12' }))).toThrow(
    'auditKey: has 4 hex digits; 64 hex digits are needed, 32 random bytes',
  )
})
