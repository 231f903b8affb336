import { describeNext } from '@tesouro-tokens/conformance/adapter-next'
import { start } from './next.js'

describeNext('Next 16', (env) => start('app', env), 'all')
