import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.js'
import type { Mutant } from './stryker.js'

/** A mutant that no test kills, and why that is all right. */
export interface Survivor {
  /** Path from the root. */
  readonly file: string
  readonly original: string
  readonly replacement: string
  readonly reason: string
}

const list = join(root, 'conformance/mutation/survivors.json')

/** The survivors that are known. */
export function knownSurvivors(): Survivor[] {
  return JSON.parse(readFileSync(list, 'utf8'))
}

/** What is wrong with the list itself: a reason that is none, code that is gone, an entry that stands twice. */
export function listProblems(survivors: readonly Survivor[]): string[] {
  const seen = new Set<string>()
  return survivors.flatMap((survivor) => {
    const { file, original, reason } = survivor
    const id = idOf(survivor)
    const isTwice = seen.has(id)
    seen.add(id)
    const path = join(root, file)
    if (!existsSync(path)) return [`${file} is gone: ${original}`]
    if (!readFileSync(path, 'utf8').includes(original)) return [`${file} does not hold ${original}`]
    if (reason.trim().length < 10) return [`${file} has no reason for ${original}`]
    return isTwice ? [`${file} stands twice: ${original}`] : []
  })
}

/** Mutants that live and are not in the list. */
export function unlisted(mutants: readonly Mutant[], survivors: readonly Survivor[]): Mutant[] {
  const known = new Set(survivors.map(idOf))
  return mutants.filter((mutant) => lives(mutant) && !known.has(idOf(mutant)))
}

/** Entries of the list that a test has killed. */
export function listedButKilled(mutants: readonly Mutant[], survivors: readonly Survivor[]): Survivor[] {
  const living = new Set(mutants.filter(lives).map(idOf))
  const made = new Set(mutants.map(idOf))
  return survivors.filter((survivor) => made.has(idOf(survivor)) && !living.has(idOf(survivor)))
}

/** Whether every test is green with the mutant. */
export function lives({ status }: Mutant): boolean {
  return status === 'Survived' || status === 'NoCoverage'
}

/** Lines move, so that they are no part of it. */
function idOf({ file, original, replacement }: Omit<Survivor, 'reason'>): string {
  return JSON.stringify([file, original, replacement])
}
