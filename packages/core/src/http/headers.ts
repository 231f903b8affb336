/** What the value of a header may be: serverless adapters make numbers of lengths, `null` of what is absent, and lists. */
export type WidgetTokenRequestHeader = string | number | readonly (string | number)[] | null | undefined

/** Request headers: `Headers`, or a record such as Node's `req.headers`. */
export type WidgetTokenRequestHeaders = Headers | { readonly [name: string]: WidgetTokenRequestHeader }

/**
 * Every value of a header; `name` in lower case. A record is searched whatever the case of its names, because
 * an `Origin` that is overlooked would be an origin that is not checked. The one reader of headers: what a record holds
 * is foreign data.
 */
export function headerValues(headers: WidgetTokenRequestHeaders, name: string): readonly string[] {
  // The pseudo-fields of HTTP/2 are names that only a record can hold.
  if (isHeaders(headers)) return name.startsWith(':') ? [] : textsOf(headers.get(name))
  return Object.keys(headers)
    .filter((key) => key.length === name.length && key.toLowerCase() === name)
    .flatMap((key) => textsOf(headers[key]))
}

/** What one header says, or several of its name. `null`, `undefined` and `false` say nothing. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)]
  if (Array.isArray(value)) return value.flatMap(textsOf)
  if (typeof value !== 'object' || value === null) return []
  // Lambda@Edge has lists of { key, value }. Anything else must not pass for absent: an origin would go unchecked.
  return 'value' in value ? textsOf(value.value) : ['unreadable']
}

function isHeaders(headers: WidgetTokenRequestHeaders): headers is Headers {
  return typeof headers.get === 'function'
}
