type Version = readonly [major: number, minor: number, patch: number]

/**
 * Whether a version lies in a range as our packages declare them: `^1.2.3`, `>=1.2.3`, `1.2.3`, several with `||`.
 * A range of another form is not judged, and counts as fitting.
 */
export function satisfies(version: string, range: string): boolean {
  const have = parse(version)
  if (have === undefined) return true
  return range.split('||').some((part) => fits(have, part.trim()))
}

function fits(have: Version, part: string): boolean {
  const [, sign = '', text = ''] = /^(\^|~|>=|=|)\s*v?(\d+\.\d+\.\d+)(?:[-+].*)?$/.exec(part) ?? []
  const least = parse(text)
  if (least === undefined) return true
  if (compare(have, least) < 0) return false
  if (sign === '>=') return true
  if (sign === '~') return have[0] === least[0] && have[1] === least[1]
  if (sign !== '^') return compare(have, least) === 0
  // The first number that is not 0 has to stay.
  const fixed = least.findIndex((number) => number !== 0)
  return have.every((number, index) => index > (fixed === -1 ? 2 : fixed) || number === least[index])
}

function parse(text: string): Version | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)]
}

function compare(one: Version, other: Version): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2]
}
