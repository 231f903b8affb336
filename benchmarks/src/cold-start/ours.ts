import { createTesouroTokens, unsecuredSubjectToken } from '@tesouro-tokens/core'
import { credentials } from '../credentials.js'
import { userNumber } from '../users.js'
import { tellTime } from './tell-time.js'

const subjectToken = unsecuredSubjectToken()
const tokens = createTesouroTokens({ environment: 'sandbox', ...credentials, subjectToken })
await tokens.mintWidgetToken(userNumber(1))
tellTime()
