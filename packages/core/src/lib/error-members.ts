/** What may tell which error of another's it is. None of a proxy, or of getters, that throw. */
export function errorMembers(error: unknown): ErrorMembers {
  try {
    const { name, message, code, cause }: ErrorMembers = Object(error)
    return { name, message, code, cause }
  } catch {
    return {}
  }
}

interface ErrorMembers {
  name?: unknown
  message?: unknown
  code?: unknown
  cause?: unknown
}
