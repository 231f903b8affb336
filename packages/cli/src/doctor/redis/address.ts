/** Host and port alone; nothing of an address whose password was cut by a character that ends one. */
export function shown(url: string): string {
  return isCut(url) || !/^rediss?:\/\/[^/]/.test(url) || !URL.canParse(url) ? 'REDIS_URL' : new URL(url).host
}

/** A `/`, `?` or `#` in a password ends the host for every parser of URLs, and an `@` comes only after it. */
export const isCut = (url: string): boolean => /^rediss?:\/\/[^/?#]*[/?#].*@/s.test(url)
