export * from '@tesouro-tokens/core'
