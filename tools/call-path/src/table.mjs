/** What a call may go through: files and functions of core, and operations on the shared store. */
const limits = {
  'layered hit': { files: 18, functions: 55 },
  'layered miss': { files: 36, operations: 5 },
  logout: { files: 20 },
}
const columns = ['files', 'functions', 'operations']

/** @param {Record<string, { files: Map<string, string[]>, operations: string[] }>} measured */
const rowsOf = (measured) =>
  Object.entries(measured).map(([call, { files, operations }]) => ({
    call,
    counts: {
      files: files.size,
      functions: [...files.values()].flat().length,
      operations: operations.length,
    },
  }))

/** A table in Markdown: what was counted, and what may be, where there is a limit. */
export function table(measured) {
  const rows = rowsOf(measured).map(({ call, counts }) => {
    const cells = columns.map((column) => {
      const limit = limits[call][column]
      return limit === undefined ? '' : `${counts[column]} (limit ${limit})`
    })
    return `| ${[call, ...cells].join(' | ')} |`
  })
  return ['| one call | files | functions | operations on the store |', '|---|---|---|---|', ...rows].join(
    '\n',
  )
}

/** A sentence for each limit that is exceeded. */
export function excesses(measured) {
  return rowsOf(measured).flatMap(({ call, counts }) =>
    Object.entries(limits[call])
      .filter(([column, limit]) => counts[column] > limit)
      .map(
        ([column, limit]) => `A ${call} goes through ${counts[column]} ${column}, and may through ${limit}.`,
      ),
  )
}
