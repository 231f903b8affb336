// Run by Node, Bun and Deno: the platform on this machine, in the same process as what asks it.

import { createTesouroTokens } from '@tesouro-tokens/core'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { report } from './report.mjs'

const user = { sub: 'user-1', email: 'user-1@bank.example' }

async function sandbox() {
  const sandbox = await startSandbox()
  try {
    const tokens = createTesouroTokens(sandbox.options)
    const { widgetToken } = await tokens.mintWidgetToken(user)
    const { sub } = await sandbox.openWidgetToken(widgetToken)
    if (sub !== user.sub) throw new Error(`the widget token is for ${sub}`)
    const response = await tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts')
    if (!response.ok) throw new Error(`accounts: ${response.status} ${await response.text()}`)
    await tokens.close()
  } finally {
    await sandbox.close()
  }
}

await report({ sandbox })
