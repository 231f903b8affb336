/** Whose number it is: ours, that of something that others would use, or that of the least possible work. */
export type Role = 'ours' | 'peer' | 'floor'

export interface Contender {
  name: string
  role: Role
  /** The name of its floor, where a table has several. */
  floor?: string | undefined
  measure(): Promise<number>
}

/**
 * Several rounds in which everybody has one turn. What slows the machine for a while then slows all of them, and
 * another one begins each round, so that nobody always comes after the same.
 */
export async function alternate(
  contenders: readonly Contender[],
  rounds: number,
): Promise<{ name: string; role: Role; rounds: number[] }[]> {
  const results = contenders.map(({ name, role }) => ({ name, role, rounds: [] as number[] }))
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const next = (round + turn) % contenders.length
      const value = await contenders[next]?.measure()
      if (value !== undefined) results[next]?.rounds.push(value)
    }
  }
  return results
}
