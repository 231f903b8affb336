import { Bench } from 'tinybench'
import { inFlight } from './in-flight.js'

/** How a contender is timed. */
export interface Timing {
  /** How many calls are under way at once. With 1 the answer is µs a call, else calls a second; medians both. */
  lanes: number
  /** For how long, in ms. */
  timeMs: number
}

/** So many calls a sample that its beginning and end, when lanes stand empty, hardly count. */
const callsInSample = 20

/** Calls again and again for a while, with tinybench's clock and statistics. */
export async function timed(call: () => unknown, { lanes, timeMs }: Timing): Promise<number> {
  const bench = new Bench({ time: timeMs, iterations: 1, warmup: false, throws: true })
  const calls = lanes * callsInSample
  bench.add('calls', lanes === 1 ? call : () => inFlight(call, lanes, calls))
  const [task] = await bench.run()
  if (task?.result.state !== 'completed') throw new Error(`the measurement ended as ${task?.result.state}`)
  const { latency } = task.result
  return lanes === 1 ? latency.p50 * 1_000 : (calls * 1_000) / latency.p50
}
