/** What a call has come to: `served`, or the code of its error. */
export const outcome = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'served',
    (error: { code?: string }) => error.code,
  )

/** Holds whoever waits, until it is opened. */
export interface Door {
  pass(): Promise<void>
  /** How many have come. */
  reached: number
  open(): void
}

export function door(): Door {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const held = {
    reached: 0,
    open: () => open(),
    pass: async () => {
      held.reached += 1
      await opened
    },
  }
  return held
}
