/** Request headers: `Headers`, or a record such as Node's `req.headers`. */
export type WidgetTokenRequestHeaders =
  | Headers
  | { readonly [name: string]: string | readonly string[] | undefined }

/**
 * Every value of a header; `name` in lower case. A record is searched whatever the case of its names, because
 * an `Origin` that is overlooked would be an origin that is not checked.
 */
export function headerValues(headers: WidgetTokenRequestHeaders, name: string): readonly string[] {
  if (isHeaders(headers)) {
    const value = headers.get(name)
    return value === null ? [] : [value]
  }
  const values: string[] = []
  for (const key of Object.keys(headers)) {
    if (key.length !== name.length || key.toLowerCase() !== name) continue
    const value = headers[key]
    if (typeof value === 'string') values.push(value)
    else if (value !== undefined) values.push(...value)
  }
  return values
}

function isHeaders(headers: WidgetTokenRequestHeaders): headers is Headers {
  return typeof headers.get === 'function'
}
