import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { writeReference } from './reference.mjs'

const folder = fileURLToPath(new URL('../../../docs/api/', import.meta.url))
await rm(folder, { recursive: true, force: true })
await writeReference(folder)
console.log('docs/api is written')
