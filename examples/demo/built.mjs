// Plain JavaScript without dependencies: the command that builds needs it.

/** What turbo's summary says, in one line for a person. */
export function builtInWords(output, seconds) {
  const [, all] = /Tasks:\s+\d+ successful, (\d+) total/.exec(output) ?? []
  const [, ready] = /Cached:\s+(\d+) cached/.exec(output) ?? []
  const built = Number(all) - Number(ready)
  if (built === 0) return `Nothing has changed since the last build: ready in ${seconds} s.`
  return built > 0 ? `Built ${built} of ${all} packages in ${seconds} s.` : `Built in ${seconds} s.`
}
