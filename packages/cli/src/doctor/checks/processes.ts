import { type Check, result } from '../check.js'

const tried = 'signs that the application runs in several processes'

/** Ways in which common process managers say how many there are. */
const counts = ['WEB_CONCURRENCY', 'NODE_CLUSTER_WORKERS', 'PM2_INSTANCES', 'instances']

/** Signs of functions that come and go, each with a memory of its own. */
const functions = ['AWS_LAMBDA_FUNCTION_NAME', 'VERCEL', 'K_SERVICE', 'FUNCTIONS_WORKER_RUNTIME', 'NETLIFY']

/** Without a shared cache every process exchanges for itself, and hears only its own logouts. */
export const processes: Check = {
  id: 'processes',
  title: 'processes',
  run({ environment: { values }, statusOf }) {
    const several =
      counts.find((name) => /^(max|-1|[2-9]|\d\d+)$/.test(values[name] ?? '')) ??
      functions.find((name) => values[name])
    if (values.REDIS_URL) {
      const works = statusOf('redis') !== 'fail'
      return works
        ? result('processes', 'ok', tried, 'REDIS_URL is set: processes can share tokens and hear of logouts')
        : result('processes', 'skip', tried, 'fix Redis first')
    }
    if (several === undefined) {
      return result(
        'processes',
        'ok',
        tried,
        'none; several processes need a shared cache, or each hears only its own logouts',
      )
    }
    return result(
      'processes',
      'warn',
      tried,
      `${several} is set, and REDIS_URL is not: each process exchanges for itself, and a logout in one is not heard in the others`,
      'Share a cache: `npm install @tesouro-tokens/redis`, then redisStores({ client, keys }).',
    )
  },
}
