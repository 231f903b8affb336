// A visit lasts from the sign-in to the door. What was begun in it must not be shown after it: to nobody, and not to the
// next visitor.

let leaving = new AbortController()

/** Aborted when the visit is over. */
export const thisVisit = () => leaving.signal

export function endVisit() {
  leaving.abort()
  leaving = new AbortController()
}
