import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Defence } from './defence.js'
import { root } from './root.js'
import type { Row } from './rows.js'
import { changedText } from './workspace-copy.js'

/** What the list lacks, in words: a row or a linked test without a removal, a removal that fits nothing. */
export function complaints(rows: readonly Row[], defences: readonly Defence[]): string[] {
  return [
    ...rows.flatMap((row) => {
      const removals = defences.filter(({ threat }) => threat === row.threat).flatMap((one) => one.removals)
      if (removals.length === 0) return [`"${row.threat}" has no removal`]
      const red = new Set(removals.flatMap(({ redIn }) => redIn))
      return [
        ...row.links.filter((link) => !red.has(link)).map((link) => `nothing turns ${link} red`),
        ...[...red]
          .filter((link) => !row.links.includes(link))
          .map((link) => `the row does not link ${link}`),
      ].map((what) => `"${row.threat}": ${what}`)
    }),
    ...defences
      .filter(({ threat }) => !rows.some((row) => row.threat === threat))
      .map(({ threat }) => `SECURITY.md has no row "${threat}"`),
    ...defences.flatMap(({ removals }) => removals).flatMap(misfit),
  ]
}

function misfit(removal: Defence['removals'][number]): string[] {
  try {
    changedText(removal.file, readFileSync(join(root, removal.file), 'utf8'), removal)
    return removal.redIn.length > 0 ? [] : [`no test is named for ${removal.file}: ${removal.before}`]
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}
