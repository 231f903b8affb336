import { tesouroTokensFromEnv } from '@tesouro-tokens/core'

export const tokens = tesouroTokensFromEnv()
