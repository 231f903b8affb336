/** Lets the process end although a timer waits, in each runtime's own way. Where there is none, nothing waits for it. */
export function unrefTimer(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    if (typeof timer.unref === 'function') timer.unref()
    return
  }
  const { Deno } = globalThis as { Deno?: { unrefTimer?: (timer: unknown) => void } }
  Deno?.unrefTimer?.(timer)
}
