import { type Check, result } from '../check.js'

const tried = "this machine's clock against the Date of the platform's answer"

/** The platform refuses tokens of a clock that is more than a minute off. */
export const clock: Check = {
  id: 'clock',
  title: 'clock',
  run(context) {
    const head = context.platform.last
    const date = head === undefined ? Number.NaN : Date.parse(head.header('date') ?? '')
    if (head === undefined || Number.isNaN(date)) {
      return result(
        'clock',
        'skip',
        tried,
        head === undefined ? 'the platform has not answered' : 'the answer has no Date',
      )
    }
    // The header counts whole seconds: half a one is the best guess.
    const aheadMs = head.at - (date + 500)
    context.aheadMs = aheadMs
    const off = `${spoken(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the platform's`
    const set = 'Set the clock: `sudo timedatectl set-ntp true`; in a container, on its host.'
    if (Math.abs(aheadMs) > 60_000) {
      return result(
        'clock',
        'fail',
        tried,
        `it is ${off}: tokens that are made here are refused as expired or as not valid yet`,
        set,
      )
    }
    if (Math.abs(aheadMs) > 20_000)
      return result('clock', 'warn', tried, `it is ${off}; more than a minute is refused`, set)
    return result(
      'clock',
      'ok',
      tried,
      `both agree to ${Math.max(1, Math.ceil(Math.abs(aheadMs) / 1_000))} s`,
    )
  },
}

/** A length of time as people say it. */
export function spoken(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 100) return `${seconds} s`
  return seconds < 6_000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}
