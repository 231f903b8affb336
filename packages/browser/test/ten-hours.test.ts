import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectTo } from '@tesouro-tokens/conformance/chromium'
import { beforeEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { bundle } from './world/bundle.js'
import { json, startWorld, type World } from './world/server.js'

// Ten tabs, ten hours, tokens of a minute: with two sleeps, slowed timers, two times offline, and a clock that is set.

const tabs = 10
const lifeSeconds = 60
// Only where it is asked for: the same again in a second browser.
const firefox = process.env.FIREFOX_PATH
if (firefox === undefined)
  process.stderr.write('\n*** SKIPPED in Firefox: FIREFOX_PATH does not say where it is ***\n\n')

let world: World
beforeEach(async () => {
  const page = (name: string): Promise<string> =>
    bundle(fileURLToPath(new URL(`world/${name}.ts`, import.meta.url)))
  const conductor = '<!doctype html><script type="module" src="/conductor.js"></script>'
  const files: Record<string, string> = {
    '/tab.js': await page('simulated-page'),
    '/conductor.js': await page('simulated-hours-page'),
    '/conductor?minutes=600': conductor,
    '/conductor?minutes=60': conductor,
  }
  for (let tab = 0; tab < tabs; tab += 1)
    files[`/tab?tab=${tab}`] = '<!doctype html><script type="module" src="/tab.js"></script>'
  world = await startWorld(files)
  world.answer = ({ headers }, response) =>
    json(response, 200, {
      widgetToken: `token-${world.asked.length}-${Number(headers['x-now']) + lifeSeconds * 1_000}`,
      // as a server would say it whose clock is right
      exp: 0,
      expiresIn: lifeSeconds,
    })
  onTestFinished(() => world.close())
})

async function expectNoGap(): Promise<void> {
  await vi.waitFor(() => expect(world.results).toHaveLength(1), { timeout: 890_000, interval: 200 })
  expect(world.results[0]).toEqual({ bad: [], ends: 0 })
}

async function expectTenGoodHours(): Promise<void> {
  await expectNoGap()
  const lives = ((10 - 1.5) * 60 - 11) * (60 / lifeSeconds) // without sleep, and without being offline
  expect(world.asked.length / lives).toBeLessThanOrEqual(1.1)
  expect(world.asked.length / lives).toBeGreaterThan(1)
}

describe.skipIf(inject('browser') === '')('in Chromium', () => {
  async function conduct(minutes: number, prepare: () => void = () => {}): Promise<void> {
    const browser = await connectTo(inject('browser'))
    onTestFinished(() => browser.close())
    const context = await browser.newContext()
    await context.addInitScript(prepare)
    await (await context.newPage()).goto(`${world.origin}/conductor?minutes=${minutes}`)
  }

  test('a tab is without a good token, or all of them ask for more than 1.1 a life', {
    timeout: 900_000,
  }, async () => {
    await conduct(600)
    await expectTenGoodHours()
  })

  // Each of ten tabs has a request under way when the first is told its token: the others are aborted.
  test('where locks are forbidden, a tab whose request is overtaken by another tab’s token never comes to rest', {
    timeout: 900_000,
  }, async () => {
    await conduct(60, () => {
      const request = (): Promise<never> => Promise.reject(new Error('forbidden'))
      if (navigator.locks) Object.assign(navigator.locks, { request })
    })
    await expectNoGap()
    expect(world.asked.length).toBeGreaterThan(60)
  })
})

describe.skipIf(firefox === undefined)('in Firefox', () => {
  test('a tab is without a good token, or all of them ask for more than 1.1 a life', {
    timeout: 900_000,
  }, async () => {
    const profile = await mkdtemp(join(tmpdir(), 'tesouro-firefox-'))
    await writeFile(join(profile, 'user.js'), firefoxSettings)
    const child = spawn(
      firefox ?? '',
      ['--headless', '--no-remote', '--profile', profile, `${world.origin}/conductor?minutes=600`],
      {
        stdio: 'ignore',
      },
    )
    onTestFinished(async () => {
      await stopped(child)
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    })
    await expectTenGoodHours()
  })
})

/** Nothing but the pages that it is told to open, and nobody else is asked for anything. */
const firefoxSettings = Object.entries({
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'app.update.enabled': false,
  'app.normandy.enabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'dom.disable_open_during_load': false, // the conductor opens the tabs
})
  .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`)
  .join('\n')

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
