let seconds = 0
let page = 0
let wall = 0

/**
 * Seconds since an unknown moment. Never goes back. Of two clocks the one that has moved further counts: the monotonic
 * one may stand still while a laptop sleeps, the wall clock may be set back.
 */
export function now(): number {
  seconds += Math.max(performance.now() - page, Date.now() - wall) / 1_000
  page = performance.now()
  wall = Date.now()
  return seconds
}
