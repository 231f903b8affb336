/** Makes `calls` calls, never more than `lanes` of them under way at once and never fewer while there are any left. */
export async function inFlight(call: () => unknown, lanes: number, calls: number): Promise<void> {
  let left = calls
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await call()
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
