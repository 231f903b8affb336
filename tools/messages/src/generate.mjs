import { writeFileSync } from 'node:fs'
import { messageTable } from './messages.mjs'

writeFileSync(new URL('../messages.md', import.meta.url), messageTable())
