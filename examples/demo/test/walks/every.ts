import { afterAll, beforeAll, describe, inject } from 'vitest'
import type { ExampleName } from '../../src/examples.js'
import { type Demo, startDemo } from '../world/demo.js'
import { afterLogout, elsewhereAfterLogout } from './after-logout.js'
import { nothingSecret } from './nothing-secret.js'
import { refused } from './refused.js'
import { signedIn } from './signed-in.js'

/** What must hold in a real browser, whatever the example is made with. */
export function everyWalk(example: ExampleName): void {
  describe.skipIf(inject('browser') === '')(example, () => {
    let demo: Demo
    beforeAll(async () => {
      demo = await startDemo(example)
    })
    afterAll(() => demo.close())
    const theDemo = (): Demo => demo

    describe('a signed-in user in a real browser', () => signedIn(example, theDemo))
    describe('the server, asked by a real browser,', () => refused(theDemo))
    describe('after logout', () => afterLogout(theDemo))
    // The page is the same everywhere.
    if (example === 'express') describe('after logout', () => elsewhereAfterLogout(theDemo))
    describe('what a browser can read', () => nothingSecret(example))
  })
}
