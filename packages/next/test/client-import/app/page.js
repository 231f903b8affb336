'use client'

import { tesouroTokensFromEnv } from '@tesouro-tokens/next'
import { createElement } from 'react'

export default function Page() {
  return createElement('button', { type: 'button', onClick: () => tesouroTokensFromEnv() }, 'mint')
}
