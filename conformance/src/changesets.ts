/** A file that differs, and how git says so: `A` added, `M` modified, `D` deleted. */
export interface Change {
  readonly status: string
  readonly file: string
}

/** The packages whose report has changed although no changeset that was added or changed with it names them. */
export function changedWithoutChangeset(
  reports: string,
  changes: readonly Change[],
  read: (file: string) => string,
): string[] {
  const named = changes
    .filter(({ status, file }) => status !== 'D' && /^\.changeset\/.+\.md$/.test(file))
    .flatMap(({ file }) => [...read(file).matchAll(/^['"]@tesouro-tokens\/([\w-]+)['"]: /gm)])
    .map(([, name = '']) => name)
  return changes
    .filter(({ status, file }) => status !== 'A' && file.startsWith(`${reports}/`))
    .map(({ file }) => file.slice(reports.length + 1, -'.txt'.length))
    .filter((name) => !named.includes(name))
}
