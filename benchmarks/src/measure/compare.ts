import type { Figure, Goal, Table } from '../report/report.js'
import { alternate, type Contender, type Role } from './alternate.js'
import { median } from './median.js'

/**
 * Measures contenders in turns and puts their numbers in relation to the table's peer and to a floor: that which the
 * contender names, or the first. `aboveFloor`: the floor is taken off both sides of the comparison with the peer, for
 * work that begins with something that nobody can save.
 */
export async function compare(
  contenders: readonly Contender[],
  {
    rounds,
    aboveFloor = false,
    ...table
  }: Omit<Table, 'figures' | 'notes'> & {
    rounds: number
    aboveFloor?: boolean
    notes?: string[]
  },
): Promise<Table> {
  console.error(`  … ${table.title}`)
  const results = await alternate(contenders, rounds)
  const roundsOf = (wanted: (result: { name: string; role: Role }) => boolean): number[] => {
    const found = results.find(wanted)
    if (found === undefined) throw new Error(`${table.name} lacks its peer or its floor`)
    return found.rounds
  }
  const ofPeer = roundsOf(({ name }) => name === table.peer)
  const figures = contenders.map(({ name, role, floor }): Figure => {
    const own = roundsOf((result) => result.name === name)
    const ofFloor = role === 'floor' ? own : roundsOf((result) => isFloor(result, floor))
    const over = (others: number[], less: number[]): number =>
      median(own.map((value, round) => (value - at(less, round)) / (at(others, round) - at(less, round))))
    return {
      name,
      role,
      rounds: own,
      median: median(own),
      ofPeer: over(ofPeer, aboveFloor ? ofFloor : []),
      ofFloor: over(ofFloor, []),
    }
  })
  return { notes: [], ...table, figures }
}

function isFloor({ name, role }: { name: string; role: Role }, wanted: string | undefined): boolean {
  return role === 'floor' && (wanted === undefined || wanted === name)
}

function at(values: number[], round: number): number {
  return values[round] ?? 0
}

/** A contender's line, for goals. */
export function figureOf({ figures }: Pick<Table, 'figures'>, name: string): Figure {
  const figure = figures.find((candidate) => candidate.name === name)
  if (figure === undefined) throw new Error(`there is no figure for ${name}`)
  return figure
}

export function goal(name: string, reached: number, is: Goal['is'], wanted: number): Goal {
  return { name, reached, is, wanted, met: is === 'at least' ? reached >= wanted : reached <= wanted }
}
