import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, test } from 'vitest'
import { fuzzers } from '../src/fuzz/fuzzers.js'

/** Enough to see that each runs, unless `npm run soak -- fuzz` says for how long to go on and where to tell of it. */
const { FUZZ_SECONDS: seconds, FUZZ_REPORT: report } = process.env
const duration = seconds === undefined ? 0 : (Number(seconds) * 1_000) / fuzzers.length
const limits =
  duration === 0
    ? { numRuns: 250 }
    : { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: duration, markInterruptAsFailure: false }

/** How many inputs each was given, and which it could not stand. */
const found: { name: string; inputs: number; failure: string | undefined }[] = []
afterAll(() => {
  if (report !== undefined) writeFileSync(report, JSON.stringify(found))
})

test.each(fuzzers)(
  'foreign input ends a call otherwise than it may: $name',
  async ({ property, name }) => {
    const details = await fc.check(property(), limits)
    const failure = details.failed ? (fc.defaultReportMessage(details) ?? 'failed') : undefined
    found.push({ name, inputs: details.numRuns, failure })
    if (failure !== undefined) throw new Error(failure)
  },
  duration + 120_000,
)
