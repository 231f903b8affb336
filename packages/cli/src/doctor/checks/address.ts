import { lookup } from 'node:dns/promises'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { codeOf } from '../../code-of.js'
import { isLoopback } from '../../tokens/loopback.js'
import { type Check, type CheckContext, type CheckResult, result } from '../check.js'

const nameMs = 3_000
const connectMs = 3_500

/** Name, connection and TLS, each by itself: what is wrong in front of the first request. */
export const address: Check = {
  id: 'address',
  title: 'address',
  async run({ baseUrl, environment }: CheckContext) {
    const tried = `the way to ${baseUrl === undefined ? 'the platform' : baseUrl.origin}`
    if (baseUrl === undefined)
      return result('address', 'skip', tried, 'the options do not say where the platform is')
    const proxy = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].find(
      (name) => environment.values[name],
    )
    const failed = (await nameProblem(baseUrl, tried)) ?? (await connectionProblem(baseUrl, tried))
    if (failed === undefined) {
      const secure = baseUrl.protocol === 'https:' ? ', its certificate is good' : ''
      return result('address', 'ok', tried, `something listens there${secure}`)
    }
    if (proxy === undefined || isLoopback(baseUrl)) return failed
    const advice = `${proxy} is set, but Node's fetch does not use it by itself: give the option fetch one that does, or start Node 24 with NODE_USE_ENV_PROXY=1.`
    return { ...failed, todo: [...failed.todo, advice] }
  },
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')
const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80))

async function nameProblem(url: URL, tried: string): Promise<CheckResult | undefined> {
  const host = hostOf(url)
  if (isIP(host) !== 0) return undefined
  const late = Symbol('late')
  try {
    const answer = await Promise.race([
      lookup(host),
      new Promise<symbol>((resolve) => setTimeout(resolve, nameMs, late).unref()),
    ])
    if (answer !== late) return undefined
    return result(
      'address',
      'fail',
      tried,
      `the name server has not answered for ${host} within ${nameMs / 1_000} s`,
      'Check the network and the DNS settings of this machine.',
    )
  } catch (error) {
    const found = `the name ${host} has no address (${codeOf(error)})`
    return result(
      'address',
      'fail',
      tried,
      found,
      'Check the spelling in TESOURO_BASE_URL, or set TESOURO_ENVIRONMENT=sandbox instead. In a container: does it have DNS?',
    )
  }
}

async function connectionProblem(url: URL, tried: string): Promise<CheckResult | undefined> {
  const host = hostOf(url)
  const port = portOf(url)
  const secure = url.protocol === 'https:'
  const problem = await firstProblem(
    () =>
      secure
        ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) })
        : connectPlain({ host, port }),
    secure ? 'secureConnect' : 'connect',
  )
  if (problem === undefined) return undefined
  return result('address', 'fail', tried, ...explained(problem, url, host, port))
}

/** A connection stands, and no TLS begins on it. */
const noHandshake = 'no handshake'

/** Connects and closes at once; the code of the failure, or `undefined`. */
function firstProblem(open: () => Socket, event: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = open()
    const end = (problem: string | undefined): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(problem)
    }
    let connected = false
    const timer = setTimeout(() => end(connected ? noHandshake : 'ETIMEDOUT'), connectMs)
    socket.once('connect', () => {
      connected = true
    })
    socket.once(event, () => end(undefined))
    socket.once('error', (error) => end(codeOf(error)))
    socket.once('close', () => end('ECONNRESET'))
  })
}

function explained(code: string, url: URL, host: string, port: number): [found: string, ...todo: string[]] {
  const at = `${host}:${port}`
  const local = isLoopback(url)
  switch (code) {
    case 'ECONNREFUSED':
      return [
        `nothing listens at ${at} (ECONNREFUSED)`,
        local
          ? `Start the sandbox there with \`npx @tesouro-tokens/sandbox --port ${port} --seed dev --write-env .env\`, or correct the port in TESOURO_BASE_URL.`
          : 'Check host and port in TESOURO_BASE_URL.',
      ]
    case 'ETIMEDOUT':
      return [
        `${at} has not answered within ${connectMs / 1_000} s: packets are lost on the way`,
        'A firewall or a VPN stands in between: allow this machine to reach that host, or correct TESOURO_BASE_URL.',
      ]
    case noHandshake:
      return [
        `${at} accepts the connection and answers no TLS handshake within ${connectMs / 1_000} s`,
        `Check the port in TESOURO_BASE_URL; what speaks only http: needs http://${at}.`,
      ]
    case 'CERT_HAS_EXPIRED':
      return [
        `the certificate of ${at} has expired`,
        'Check the clock of this machine first, then the certificate.',
      ]
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return [
        `the certificate of ${at} is for another host`,
        'Use the name that the certificate is for in TESOURO_BASE_URL.',
      ]
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return [
        `the certificate of ${at} is signed by no authority that Node knows (${code})`,
        'If a proxy of your company opens TLS, give Node its certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem. Never switch the check off.',
      ]
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'EPROTO':
      return [
        `what answers at ${at} speaks no TLS`,
        `Write http://${at} in TESOURO_BASE_URL if this is the sandbox on your machine.`,
      ]
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return [`there is no way to ${at} (${code})`, 'Check the network of this machine.']
    default:
      return [`the connection to ${at} failed (${code})`, 'Check host, port and the proxies in between.']
  }
}
