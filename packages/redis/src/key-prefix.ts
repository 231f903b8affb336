export const defaultKeyPrefix = 'tesouro'

/** Braces would choose the slot of a Cluster, and spaces are somebody's mistake. */
export const isKeyPrefix = (value: unknown): value is string =>
  typeof value === 'string' && /^[^{}\s\p{Cc}]{1,100}$/u.test(value)

export const keyPrefixProblem = 'keyPrefix: must be 1 to 100 characters without braces and spaces'
