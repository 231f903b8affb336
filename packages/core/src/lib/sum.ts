/** Two counts of the same things in one. */
export function sum<Counts extends object>(one: Counts, other: Counts): Counts {
  const sums = Object.entries(one).map(([name, count]) => [name, count + Number(Reflect.get(other, name))])
  return Object.fromEntries(sums)
}
