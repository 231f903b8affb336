import { sharedTesouroTokens, tesouroTokensFromEnv } from '@tesouro-tokens/next'
import { cookies } from 'next/headers.js'

export const options = {
  tokens: sharedTesouroTokens(() => tesouroTokensFromEnv()),
  async getUser() {
    const id = (await cookies()).get('user')?.value
    return id ? { sub: id, email: `${id}@bank.example` } : null
  },
}
