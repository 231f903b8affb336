import { createHmac } from 'node:crypto'
import * as z from 'zod'

/** One page of a list, in the platform's form. */
export interface Page<Item> {
  data: Item[]
  nextPaginationToken: string | null
  prevPaginationToken: string | null
}

/** Cuts lists into pages. A token is opaque, and only good with the limit and the filters that it was made for. */
export interface Pages {
  /**
   * @param query of the request: `limit` (default 25, at most 100) and `pagination_token`
   * @param list whose list it is and how it is filtered
   * @returns the page, or in words what is wrong with the query
   */
  cut<Item>(items: readonly Item[], query: URLSearchParams, list: readonly string[]): Page<Item> | string
}

const limitParameter = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(100))

/** @param short gives pages half as long as they may be, since a short page is not the last one */
export function createPages(key: Buffer, short: boolean): Pages {
  const seal = (start: number, limit: number, list: readonly string[]): string => {
    const mac = createHmac('sha256', key).update(JSON.stringify([start, limit, ...list]))
    return `${start.toString(36)}.${mac.digest('base64url').slice(0, 20)}`
  }

  return {
    cut(items, query, list) {
      if (query.has('paginationToken')) return 'paginationToken is unknown: the parameter is pagination_token'
      const given = query.get('limit')
      const parsed = limitParameter.safeParse(given ?? '25')
      if (!parsed.success) return 'limit is not a whole number from 1 to 100'
      const limit = parsed.data
      const start = startOf(query.get('pagination_token'), (at) => seal(at, limit, list))
      if (start === undefined) return 'pagination_token is none of these filters and this limit'
      const size = short ? Math.ceil(limit / 2) : limit
      const end = start + size
      return {
        data: items.slice(start, end),
        nextPaginationToken: end < items.length ? seal(end, limit, list) : null,
        prevPaginationToken: start > 0 ? seal(Math.max(0, start - size), limit, list) : null,
      }
    },
  }
}

/** Where the page of a token begins; `undefined` for a token that was not made here. */
function startOf(token: string | null, seal: (start: number) => string): number | undefined {
  if (token === null) return 0
  const start = Number.parseInt(/^([0-9a-z]{1,6})\./.exec(token)?.[1] ?? '', 36)
  return Number.isSafeInteger(start) && token === seal(start) ? start : undefined
}
