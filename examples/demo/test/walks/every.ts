import { afterAll, beforeAll, describe, inject } from 'vitest'
import type { ExampleName } from '../../src/examples.js'
import { type Demo, startDemo } from '../world/demo.js'
import { afterLogout, nextUser } from './after-logout.js'
import { nothingSecret } from './nothing-secret.js'
import { refused, refusedElsewhere } from './refused.js'
import { keptSignedIn, signedIn } from './signed-in.js'

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
    describe('the server, asked by a page of another site,', () => refusedElsewhere(theDemo))
    describe('after logout', () => nextUser(theDemo))
    // The page is the same everywhere. What it can do is done with each example below, where nothing secret may come out.
    if (example === 'express') {
      describe('a signed-in user in a real browser', () => keptSignedIn(theDemo))
      describe('the server, asked by a real browser,', () => refused(theDemo))
      describe('the server, asked by a page of its own site,', () =>
        refusedElsewhere(theDemo, 'of the same site'))
      describe('after logout', () => afterLogout(theDemo))
    }
    describe('what a browser can read', () => nothingSecret(example))
  })
}
