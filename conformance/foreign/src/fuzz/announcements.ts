import fc from 'fast-check'
// Anybody who can publish on the channel writes what these read; there is no way to them but through a server.
import { readMessage } from '../../../../packages/redis/src/announcements/announcements.js'
import { readOutcome } from '../../../../packages/redis/src/leases/lease-outcome.js'
import { type Fuzzer, hold } from './fuzzer.js'
import { damaged, nearly, nearlyJson, text } from './values.js'

/** Messages of Redis's channels, and what processes leave for one another. */
export const announcements: Fuzzer = {
  name: 'announcements',
  property: () => {
    const whole = fc.constantFrom('c 12@170 logout i s', 'c 12 renewal i s', 'c 12@170 99')
    const failed = nearly({ code: 'token_endpoint', kind: 'user', status: 400, retryAfterSeconds: 3 })
    const left = fc.record({ stored: fc.jsonValue(), failed }, { requiredKeys: [] })
    const outcome = fc.oneof(
      left.map((one) => JSON.stringify(one)),
      nearlyJson,
    )
    return fc.asyncProperty(fc.oneof(text, whole.chain(damaged)), outcome, async (message, json) => {
      const heard = readMessage(message)
      hold(heard === undefined || Number.isSafeInteger(heard.at.number), 'a number that is none')
      const read = readOutcome(json)
      if (!('failed' in read)) return
      const { status = 400, retryAfterSeconds = 0 } = read.failed
      hold(status >= 100 && status <= 599, `status ${status}`)
      hold(retryAfterSeconds >= 0 && retryAfterSeconds <= 86_400, `wait ${retryAfterSeconds} s`)
    })
  },
}
