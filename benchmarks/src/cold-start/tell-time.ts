/** Prints when this was called, in ms since the epoch and its parts, for the parent that knows when it began. */
export function tellTime(): void {
  console.log(performance.timeOrigin + performance.now())
}
