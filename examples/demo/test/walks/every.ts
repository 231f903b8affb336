import { describe, inject } from 'vitest'
import type { ExampleName } from '../../src/examples.js'
import { afterLogout } from './after-logout.js'
import { nothingSecret } from './nothing-secret.js'
import { refused } from './refused.js'
import { signedIn } from './signed-in.js'

/** What must hold in a real browser, whatever the example is made with. */
export function everyWalk(example: ExampleName): void {
  describe.skipIf(inject('browser') === '')(example, () => {
    describe('a signed-in user in a real browser', () => signedIn(example))
    describe('the server, asked by a real browser,', () => refused(example))
    describe('after logout', () => afterLogout(example))
    describe('what a browser can read', () => nothingSecret(example))
  })
}
