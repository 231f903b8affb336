import { expect, it } from 'vitest'
import { createTesouroTokens } from '../../src/index.js'
import { validOptions } from '../valid-options.js'
import { watchNodeCrypto } from '../watch-builtin.js'

it('mints by the path that this run is about, so that a suite that passes says something about it', async () => {
  const tokens = createTesouroTokens(validOptions())
  const drawn = watchNodeCrypto('randomFillSync')
  try {
    await tokens.mintWidgetToken({ sub: 'u-1', email: 'u-1@bank.example' })
    expect(drawn).toHaveBeenCalledTimes(process.env.TESOURO_TEST_PATH === 'node' ? 1 : 0)
    expect(['node', 'portable']).toContain(process.env.TESOURO_TEST_PATH)
  } finally {
    drawn[Symbol.dispose]()
  }
})
