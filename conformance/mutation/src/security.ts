import { seesBuilds } from './builds.js'
import { complaints } from './complaints.js'
import type { Removal } from './defence.js'
import { defences } from './defences/index.js'
import { type Proof, Prover } from './prove.js'
import { rowsOfSecurity } from './rows.js'
import { testOf } from './run-tests.js'
import { WorkspaceCopy } from './workspace-copy.js'

/** A removal, and the row that it belongs to. */
export type Entry = { threat: string; removal: Removal }

/** Every removal whose row, file or tests have all the words. */
export function entries(words: readonly string[] = []): Entry[] {
  return defences
    .flatMap(({ threat, removals }) => removals.map((removal) => ({ threat, removal })))
    .filter(({ threat, removal }) => {
      const text = [threat, removal.file, ...removal.redIn].join(' ').toLowerCase()
      return words.every((word) => text.includes(word.toLowerCase()))
    })
}

const isAdapter = (link: string): boolean => link.endsWith('/adapter.test.ts')

/** Those that take long, because packages are built for them or thousands of requests are made, come last. */
function slowLast(wanted: readonly Entry[]): Entry[] {
  const isSlow = ({ removal }: Entry): boolean =>
    removal.redIn.some((link) => seesBuilds(testOf(link)) || isAdapter(link))
  return [...wanted.filter((entry) => !isSlow(entry)), ...wanted.filter(isSlow)]
}

/** Proves removals one after the other, and tells of each as soon as it is known. */
export async function proveAll(wanted: readonly Entry[], tell: (line: string) => void): Promise<Proof[]> {
  const copy = new WorkspaceCopy()
  const prover = new Prover(copy)
  const proofs: Proof[] = []
  try {
    for (const [index, { threat, removal }] of wanted.entries()) {
      const startedAt = performance.now()
      const proof = await prover.prove(threat, removal)
      proofs.push(proof)
      const seconds = Math.round((performance.now() - startedAt) / 1_000)
      const verdict = proof.unproven.length === 0 ? '✓' : '✗'
      tell(`${verdict} ${index + 1}/${wanted.length} ${threat}, ${removal.file}, ${seconds} s`)
      for (const what of proof.unproven) tell(`    ${what}`)
    }
  } finally {
    copy.remove()
  }
  return proofs
}

/** `npm run mutation -- security [words]` */
export async function security(words: readonly string[]): Promise<boolean> {
  const wrong = complaints(rowsOfSecurity(), defences)
  for (const what of wrong) console.error(`✗ ${what}`)
  const wanted = slowLast(entries(words))
  if (wanted.length === 0) throw new Error(`no removal has all of these words: ${words.join(' ')}`)
  const proofs = await proveAll(wanted, (line) => console.log(line))
  const unproven = proofs.filter((proof) => proof.unproven.length > 0)
  console.log(`${proofs.length} removals, ${unproven.length} of them with a linked test that holds nothing`)
  return wrong.length + unproven.length === 0
}
