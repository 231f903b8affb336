// A process whose shared cache is down, so that its guard is open and probes, and which has nothing else to do and does
// not call `close()`: it has to end by itself.
import { createTesouroTokens, memoryTokenCache } from '@tesouro-tokens/core'

const get = async () => {
  throw new Error('the cache is down')
}
const states = []
const tokens = createTesouroTokens({
  baseUrl: 'http://127.0.0.1:9',
  clientId: 'client-1',
  clientSecret: 'secret-1',
  cache: { ...memoryTokenCache(), local: false, get },
  onEvent: ({ type, state }) => type === 'cache_guard' && states.push(state),
})
for (let call = 0; call < 5; call += 1) await tokens.health()
process.on('exit', () => console.log(JSON.stringify(states)))
