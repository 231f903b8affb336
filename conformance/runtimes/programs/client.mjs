// Run by Node: one version of a client library, on one server and on a cluster.

import { createRequire } from 'node:module'
import { report } from './report.mjs'
import { share } from './share.mjs'

const { library, alias, folder, ...setting } = JSON.parse(process.env.SETTING)
const installed = createRequire(`${folder}/package.json`)(alias)

const opened = (client, hangUp) => ({ client, hangUp })

function ofIoredis(isCluster) {
  const { Cluster, Redis = installed.default } = installed
  // Commands of one turn go out together, which on a cluster have to be of one node.
  const options = { enableAutoPipelining: true }
  const nodes = setting.ports.map((port) => ({ host: '127.0.0.1', port }))
  const client = isCluster ? new Cluster(nodes, options) : new Redis(setting.redisUrl, options)
  return opened(client, () => client.quit())
}

function ofNodeRedis(isCluster) {
  const { createClient, createCluster } = installed
  const rootNodes = setting.ports.map((port) => ({ url: `redis://127.0.0.1:${port}` }))
  const client = isCluster ? createCluster({ rootNodes }) : createClient({ url: setting.redisUrl })
  client.connect().catch(() => {})
  return opened(client, () => client.close())
}

const open = library === 'ioredis' ? ofIoredis : ofNodeRedis
await report({
  server: () => share(setting, `${alias}-on-a-server`, () => open(false)),
  cluster: () => share(setting, `${alias}-on-a-cluster`, () => open(true)),
})
