import { app } from './app.js'
import { redis } from './lib/redis.js'
import { tokens } from './lib/tesouro.js'

await tokens.ready()

// This machine alone: whoever reaches the example may sign in.
const host = process.env.HOST || '127.0.0.1'
const server = app.listen(Number(process.env.PORT || 4000), host, (error) => {
  if (error) throw error
  const address = server.address()
  if (address !== null && typeof address === 'object')
    console.log(`listening on http://${host}:${address.port}`)
})

/** Lets requests finish, for five seconds at most, and closes the tokens after the last one. */
function stop(): void {
  server.close(() => void tokens.close().then(() => redis?.close()))
  setTimeout(() => server.closeAllConnections(), 5_000).unref()
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
