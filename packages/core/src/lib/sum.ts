/** Counts of the same things in one. */
export function sum<Counts extends object>(all: readonly Counts[]): Counts {
  return all.reduce((one, other) => {
    const sums = Object.entries(one).map(([name, count]) => [name, count + Number(Reflect.get(other, name))])
    return Object.fromEntries(sums)
  })
}
