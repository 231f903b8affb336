// Run with `node --expose-gc`: a server on the built package, and waves of connections that nobody is signed in on. Prints the
// heap after each wave, and what was in buffers when every connection had its 401 and had sent a body after it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { createTesouroTokens, tesouroTokensRouter, unsecuredSubjectToken } from '@tesouro-tokens/express'
import express from 'express'

const connections = Number(process.argv[2])
const waves = Number(process.argv[3])

const headers = 'host: bank.example\r\ncontent-type: application/json\r\ntransfer-encoding: chunked'
/** A chunk of 32 KB, and the end of the body. */
const rest = Buffer.from(`8000\r\n${' '.repeat(0x8000)}\r\n0\r\n\r\n`)

const tokens = createTesouroTokens({
  environment: 'sandbox',
  clientId: 'client-1',
  clientSecret: 'secret-of-client-1',
  widgetSecret: '5a'.repeat(32),
  subjectToken: unsecuredSubjectToken(),
})
const router = tesouroTokensRouter({ tokens, getUser: () => null })
const server = createServer(express().use('/api/tesouro', router))
let ended = 0
server.prependListener('request', (request) => {
  request.once('end', () => {
    ended += 1
  })
})
// Otherwise Node closes those that were answered first, where the last ones are answered five seconds later.
server.keepAliveTimeout = 0
server.listen(0, '127.0.0.1', connections)
await once(server, 'listening')

async function ask() {
  const socket = connect(server.address().port, '127.0.0.1')
  socket.write(`POST /api/tesouro/widget-token HTTP/1.1\r\n${headers}\r\n\r\n`)
  const [answer] = await once(socket, 'data')
  if (!String(answer).startsWith('HTTP/1.1 401')) throw new Error(`answered ${answer}`)
  return socket
}

async function memory() {
  // what is told when something has been collected runs in a turn of its own
  await turn()
  globalThis.gc()
  await turn()
  globalThis.gc()
  return process.memoryUsage()
}

/** Open at once, refused, and gone again. */
async function wave() {
  const sockets = await Promise.all(Array.from({ length: connections }, ask))
  ended = 0
  for (const socket of sockets) socket.write(rest)
  while (ended < connections) await turn()
  const { arrayBuffers } = await memory()
  const closed = sockets.map((socket) => once(socket, 'close'))
  for (const socket of sockets) socket.destroy()
  await Promise.all(closed)
  const count = () => new Promise((resolve) => server.getConnections((_, left) => resolve(left)))
  while ((await count()) > 0) await turn()
  return arrayBuffers
}

const heaps = []
const buffers = []
for (let n = 0; n < waves; n += 1) {
  buffers.push(await wave())
  heaps.push((await memory()).heapUsed)
}
console.log(JSON.stringify({ heaps, buffers }))
server.close()
await tokens.close()
