import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'

test('a page’s module that runs on a server too breaks there, or keeps the process alive', async () => {
  const program = `${inject('bundle').code}
    const fetcher = createWidgetTokenFetcher(), stop = keepWidgetToken({ onToken() {} })
    stop()
    announceSignOut()
    fetcher().catch(() => console.log('no token on a server'))`
  const named = program.replace(
    /export\{(.*?)\};/,
    (_, list: string) => `const ${list.replaceAll(/(\w+) as (\w+)/g, '$2 = $1')};`,
  )
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', named], {
    encoding: 'utf8',
    timeout: 240_000,
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  })
  expect(printed).toBe('no token on a server\n')
})
