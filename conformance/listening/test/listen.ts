import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { besideNest11 } from '@tesouro-tokens/conformance/nest11'
import { buildNext } from '@tesouro-tokens/conformance/next-application'
import { type RedisServer, startRedis } from '@tesouro-tokens/conformance/redis'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'

/** What the process is to do otherwise than a right one. */
interface Mistakes {
  /** `false`: tokens are not sealed. */
  sealed?: boolean
  /** One value is stored unsealed, or an event has a token in it. */
  leak?: 'unsealed' | 'event'
}

/** Frameworks that have to be put somewhere, or built, before a process can use them. */
export interface Frameworks {
  nest11: string
  nextApp: string
}

/** What was seen in the process and around it. */
export interface Heard {
  /** `where: what` of every canary that was found. */
  found: string[]
  /** How many texts were searched at each place. */
  searched: { [where: string]: number }
  /** What was looked for. */
  canaries: string[]
}

const program = fileURLToPath(new URL('../fixtures/listening-process.cjs', import.meta.url))
const nextApp = fileURLToPath(new URL('../next-app', import.meta.url))
const key = '5eA1'.repeat(16)

/** Makes what processes use, once for all of them. */
export async function setUpFrameworks(): Promise<{ frameworks: Frameworks; remove(): Promise<void> }> {
  const { ok, output } = await buildNext(nextApp)
  if (!ok) throw new Error(`next build failed:\n${output}`)
  const { folder, remove } = await besideNest11()
  return { frameworks: { nest11: folder, nextApp }, remove }
}

/** Runs a day of a process, with somebody listening to everything. */
export async function listen(frameworks: Frameworks, { sealed = true, leak }: Mistakes = {}): Promise<Heard> {
  await using redis = await startRedis()
  await redis.command('CONFIG', 'SET', 'slowlog-log-slower-than', '0')
  await redis.command('CONFIG', 'SET', 'slowlog-max-len', '100000')
  await using monitor = await openMonitor(redis.port)
  await using sandbox = await startSandbox({ accessTokenLifetimeSeconds: 60 })
  await using platform = await openPlatform(sandbox)
  const child = fork(program, {
    env: {
      ...sandbox.env,
      PATH: process.env.PATH,
      TESOURO_BASE_URL: platform.url,
      TESOURO_CACHE_KEYS: key,
      REVOCATION_PATH: sandbox.revocationPath,
      LISTENING_PROCESS: JSON.stringify({ redis: redis.url, sealed, leak, ...frameworks }),
    },
    execArgv: ['--unhandled-rejections=strict'],
    silent: true,
  })
  const printed: Buffer[] = []
  child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk))
  const answers = answersTo(redis, sandbox, async () => ({
    subjectTokens: platform.subjectTokens,
    'slow log': await redis.command('SLOWLOG', 'GET', '100000'),
    MONITOR: monitor.text(),
  }))
  // Waited for here: what the process uses is closed behind it.
  return await new Promise((resolve, reject) => {
    child.on('message', async (message: keyof typeof answers | Heard) => {
      if (typeof message !== 'string') return resolve(message)
      child.send((await answers[message]()) ?? {})
    })
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${Buffer.concat(printed)}`)))
  })
}

/** What the process asks of the world around it. */
function answersTo(redis: RedisServer, sandbox: Sandbox, outside: () => Promise<object>) {
  let undo: (() => void)[] = []
  return {
    refuse: async () => void undo.push(sandbox.disableUser('canary-user-refused-7f3a9c')),
    fail: async () => void undo.push(sandbox.faults.status(503)),
    repair: async () => {
      for (const repair of undo) repair()
      undo = []
    },
    pause: async () => redis.pause(),
    resume: async () => redis.resume(),
    outside,
  }
}

/** Redis's own tap. */
async function openMonitor(port: number): Promise<{ text(): string } & AsyncDisposable> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {})
  socket.write('MONITOR\r\n')
  await once(socket, 'data')
  return {
    text: () => Buffer.concat(chunks).toString(),
    [Symbol.asyncDispose]: async () => void socket.destroy(),
  }
}

/** The sandbox by another way, on which subject tokens are noted. */
async function openPlatform(
  sandbox: Sandbox,
): Promise<{ url: string; subjectTokens: string[] } & AsyncDisposable> {
  const subjectTokens: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const noted = new URLSearchParams(body.toString()).get('subject_token')
    if (noted !== null) subjectTokens.push(noted)
    const { 'content-type': type = '', authorization = '' } = request.headers
    const headers = { 'content-type': type, ...(authorization && { authorization }) }
    const { method = 'GET', url = '/' } = request
    const answer = await fetch(new URL(url, sandbox.baseUrl), {
      method,
      headers,
      ...(body.length > 0 && { body }),
    })
    response.writeHead(
      answer.status,
      [...answer.headers].filter(([name]) => !/length|encoding|connection/.test(name)).flat(),
    )
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    subjectTokens,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
