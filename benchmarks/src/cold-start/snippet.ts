import { publishedSnippet } from '../../peers/published-snippet.js'
import { credentials } from '../credentials.js'
import { userNumber } from '../users.js'
import { tellTime } from './tell-time.js'

const { sub, email } = userNumber(1)
await publishedSnippet({ userId: sub, userEmail: email }, credentials)
tellTime()
