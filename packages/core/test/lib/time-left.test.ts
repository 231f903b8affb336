import { expect, it, vi } from 'vitest'
import { standStill } from '../../../../conformance/src/stand-still.js'
import { startTimer } from '../../src/lib/deadline.js'

const runtime = vi.hoisted(() => ({ runsInBackground: true }))
vi.mock('#runtime', async (original) => ({
  ...(await original<object>()),
  get runsInBackground() {
    return runtime.runsInBackground
  },
}))

it('the time of a request whose timers a worker has stopped never runs out', () => {
  runtime.runsInBackground = false
  const timer = startTimer(500, () => {})
  timer.stop()
  standStill(600)
  expect(timer.leftMs()).toBeLessThanOrEqual(0)
})

it('a process that stood still has used its time up', () => {
  runtime.runsInBackground = true
  const timer = startTimer(500, () => {})
  standStill(600)
  expect(timer.leftMs()).toBeGreaterThan(0)
  timer.stop()
})
