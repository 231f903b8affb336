import { WorkspaceCopy } from '../workspace-copy.js'
import { type Area, areas } from './areas.js'
import { type Mutant, mutantsOf } from './stryker.js'
import { knownSurvivors, listedButKilled, listProblems, lives, unlisted } from './survivors.js'

/** So much of an area's mutants has to be killed, in percent. */
const threshold = 90

/** Killed mutants in percent of those that were tried. */
export function scoreOf(mutants: readonly Mutant[]): number {
  const tried = mutants.filter((mutant) => lives(mutant) || isKilled(mutant))
  return tried.length === 0 ? 100 : (tried.filter(isKilled).length / tried.length) * 100
}

const isKilled = ({ status }: Mutant): boolean => status === 'Killed' || status === 'Timeout'

/** What is wrong with an area's score, in words. */
export function scoreProblems(
  area: string,
  mutants: readonly Mutant[],
  survivors = knownSurvivors(),
): string[] {
  const score = scoreOf(mutants)
  return [
    ...(score < threshold
      ? [`${area}: ${score.toFixed(1)} % are killed, and ${threshold} % are wanted`]
      : []),
    ...unlisted(mutants, survivors).map(
      ({ file, line, original, replacement }) =>
        `lives: ${file}:${line} ${short(original)} → ${short(replacement)}`,
    ),
    ...listedButKilled(mutants, survivors).map(
      ({ file, original }) => `is killed, and has to leave survivors.json: ${file} ${short(original)}`,
    ),
  ]
}

function short(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}…` : text)
}

/** `npm run mutation -- score [areas]`: mutates areas one after the other, and tells of each as soon as it is known. */
export async function score(names: readonly string[]): Promise<boolean> {
  const unknown = names.filter((name) => !areas.some((area) => area.name === name))
  if (unknown.length > 0) {
    throw new Error(
      `there is no ${unknown.join(', ')}; there are ${areas.map(({ name }) => name).join(', ')}`,
    )
  }
  const wanted = areas.filter(({ name }) => names.length === 0 || names.includes(name))
  return scoreAll(wanted.map((area) => ({ area })))
}

/** `npm run check -- --mutation`: only the files that have changed. A score of a few mutants says little: only unlisted ones count. */
export async function changed(files: readonly string[]): Promise<boolean> {
  const touched = areas.flatMap((area) => {
    const own = files.filter((file) => isIn(area, file)).map((file) => file.slice(area.home.length + 1))
    return own.length === 0 ? [] : [{ area, files: own }]
  })
  if (touched.length === 0) console.log('no file of an area has changed')
  return scoreAll(touched)
}

function isIn({ home, mutate }: Area, file: string): boolean {
  const [pattern = ''] = mutate
  const folders = pattern.replace(/\/\*\*.*$/, '').replace(/^src\/?/, '')
  const rooms = folders.startsWith('{') ? folders.slice(1, -1).split(',') : [folders]
  return rooms.some((room) => file.startsWith(`${home}/src/${room}`)) && file.endsWith('.ts')
}

async function scoreAll(wanted: readonly { area: Area; files?: readonly string[] }[]): Promise<boolean> {
  let isWell = listProblems(knownSurvivors()).length === 0
  for (const problem of listProblems(knownSurvivors())) console.error(`✗ survivors.json: ${problem}`)
  for (const { area, files } of wanted) {
    const copy = new WorkspaceCopy()
    try {
      const mutants = await mutantsOf(copy.path, area, files)
      const problems = scoreProblems(area.name, mutants)
      isWell &&= problems.length === 0
      for (const problem of problems) console.error(`✗ ${problem}`)
      const count = (are: (mutant: Mutant) => boolean): number => mutants.filter(are).length
      console.log(
        `${problems.length === 0 ? '✓' : '✗'} ${area.name}: ${mutants.length} mutants, ${count(isKilled)} killed, ` +
          `${count(lives)} alive, ${scoreOf(mutants).toFixed(1)} %`,
      )
    } finally {
      copy.remove()
    }
  }
  return isWell
}
