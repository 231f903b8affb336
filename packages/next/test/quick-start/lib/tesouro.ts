import { sharedTesouroTokens, tesouroTokensFromEnv } from '@tesouro-tokens/next'
import { after } from 'next/server'

export const tokens = sharedTesouroTokens(() => tesouroTokensFromEnv({ waitUntil: after }))
