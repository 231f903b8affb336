import { initialWidgetToken } from '@tesouro-tokens/next'
import { createElement, Suspense } from 'react'
import { options } from '../lib/tesouro.js'

async function Token() {
  return createElement('output', null, JSON.stringify(await initialWidgetToken(options)))
}

export default function Page() {
  return createElement(Suspense, { fallback: 'loading' }, createElement(Token))
}
