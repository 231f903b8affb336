const turnMs = 50

/** Rejects when work takes longer, in time in which this process ran: a turn counts the same, however late it comes. The work itself goes on. */
export function inTime<Value>(work: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const count = (leftMs: number): void => {
      if (leftMs <= 0) reject(new Error('late'))
      else timer = setTimeout(() => count(leftMs - turnMs), Math.min(turnMs, leftMs))
    }
    count(ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
