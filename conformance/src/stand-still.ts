/** Holds the event loop for so many milliseconds, as a computation of the application's does. */
export function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
