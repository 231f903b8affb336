import { once } from 'node:events'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import { memoryTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { expect, it } from 'vitest'
import { standStill } from '../../../../conformance/src/stand-still.js'
import { openWorld } from '../../../../conformance/src/world.js'

/** Less than the process is busy for, and enough for a store that has its turn on a busy machine. */
const cacheMs = 1_500
const busyMs = 2_000

/** A server on a thread of its own, which goes on while this one is busy. It answers every line when it is told to. */
const server = `
  const { createServer } = require('node:net')
  const { parentPort } = require('node:worker_threads')
  const waiting = []
  parentPort.on('message', (answer) => { for (const socket of waiting.splice(0)) socket.write(answer) })
  createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => { waiting.push(socket); parentPort.postMessage('asked') })
  }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port) })`

async function startStore() {
  const worker = new Worker(server, { eval: true })
  const [port] = await once(worker, 'message')
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let looks = 0
  let onAsked = (): void => worker.postMessage('down')
  worker.on('message', () => onAsked())
  const cache: TokenCache = {
    ...memoryTokenCache(),
    local: false,
    async get() {
      looks += 1
      const answered = once(socket, 'data')
      socket.write('get\n')
      const [answer] = await answered
      if (`${answer}` !== 'up') throw new Error('the store is down')
      return { generation: 'first' }
    },
  }
  return {
    cache,
    looks: () => looks,
    answerUp: () => worker.postMessage('up'),
    /** Does that when the server has the next question, in place of an answer. */
    nextAsked: (then: () => void) => {
      onAsked = then
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
      await worker.terminate()
    },
  }
}

it('a probe that is answered after this process was busy counts as lost, and another one is sent', async () => {
  await using world = await openWorld()
  await using store = await startStore()
  const { tokens, events } = world.start({ cache: store.cache, timeouts: { attemptMs: 15_000, cacheMs } })
  const guard = (): unknown[] =>
    events.flatMap((event) => (event.type === 'cache_guard' ? [event.state] : []))
  for (let n = 0; n < 5; n += 1) await tokens.health()
  expect(guard()).toEqual(['open'])

  const before = store.looks()
  let asked = 0
  store.nextAsked(() => {
    asked += 1
    if (asked > 1) return store.answerUp()
    standStill(busyMs)
    // Timers run in the order in which they are due: whatever would call the probe late has done so before this one.
    setTimeout(store.answerUp, 50)
  })
  await expect.poll(guard).toEqual(['open', 'closed'])
  expect(store.looks() - before).toBe(1)
})
