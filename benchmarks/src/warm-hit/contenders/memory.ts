import { memoryTokenCache } from '@tesouro-tokens/core'
import { warmTokens } from '../warm-tokens.js'

export function create(users: string): Promise<() => unknown> {
  return warmTokens(memoryTokenCache({ maxEntries: 2 * Number(users) }), Number(users))
}
