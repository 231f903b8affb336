import { expect, test } from 'vitest'
import { json } from './scripted-server.js'
import { goodAnswer, setUp } from './set-up.js'

test('a process that stood still while it sent its requests gives them up and sends others', async () => {
  const attemptMs = 1_000
  const users = 20
  let sent = 0
  const { server, exchange } = await setUp((response) => json(response, 200, goodAnswer), {
    attemptMs,
    exchangeMs: 60_000,
    fetch: (input, init) => {
      sent += 1
      const answer = fetch(input, init)
      // Nothing of this is the platform's time.
      const until = performance.now() + attemptMs + 500
      while (sent === users && performance.now() < until);
      return answer
    },
  })
  await Promise.all(Array.from({ length: users }, () => exchange()))
  expect(sent).toBe(users)
  expect(server.seen).toHaveLength(users)
})
