// The floor of a cold start: a process that does nothing.
import { tellTime } from './tell-time.js'

tellTime()
