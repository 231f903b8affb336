/** Both lists in one. What stands in both counts once, as often as it does. */
export function united(some: readonly string[], others: readonly string[]): string[] {
  const more = [...others]
  for (const value of some) {
    const index = more.indexOf(value)
    if (index >= 0) more.splice(index, 1)
  }
  return [...some, ...more]
}
