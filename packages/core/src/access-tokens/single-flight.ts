import { outsideAsyncContext } from '#runtime'
import type { ObtainedToken, Person, SharedExchange } from '../cache/shared/person.js'
import { ClosedError, type TesouroTokensError, UpstreamUnavailableError } from '../errors.js'
import type { Clock } from '../lib/clock.js'
import { withDeadline } from '../lib/deadline.js'

/**
 * One exchange at a time for each variant of a person, whatever number of callers and instances wait for it. It belongs
 * to no caller: it runs outside the callers' async context, has a deadline of its own, and is not joined once it is older
 * than that, because a worker runtime may have frozen it.
 */
export class SingleFlight {
  readonly #clock: Clock
  readonly #callMs: number
  readonly #own = new Set<SharedExchange>()

  constructor({ clock, callMs }: { clock: Clock; callMs: number }) {
    this.#clock = clock
    this.#callMs = callMs
  }

  /** The exchange under way, if it can be joined. */
  find(person: Person, variant: string): SharedExchange | undefined {
    const flight = person.exchanges?.get(variant)
    if (flight === undefined || this.#clock.monotonic() - flight.startedAt > this.#callMs) return undefined
    return flight
  }

  /** Whether an exchange that failed was ended by another instance's `close()`, which is none of this one's concern. */
  wasClosedElsewhere(flight: SharedExchange): boolean {
    return flight.owner !== this
  }

  /** Starts an exchange. Only where `find` has found none. */
  start(
    person: Person,
    variant: string,
    work: (signal: AbortSignal) => Promise<ObtainedToken>,
  ): SharedExchange {
    const controller = new AbortController()
    const result = outsideAsyncContext(() =>
      withDeadline(work, {
        ms: this.#callMs,
        onTimeout: () => new UpstreamUnavailableError(`no token within ${this.#callMs} ms`),
        parent: controller.signal,
      }),
    )
    const end = (error: TesouroTokensError): void => controller.abort(error)
    const flight: SharedExchange = { startedAt: this.#clock.monotonic(), owner: this, result, end }
    const leave = (): void => {
      this.#own.delete(flight)
      person.leave(flight)
      if (person.exchanges?.get(variant) === flight) person.exchanges.delete(variant)
      if (person.exchanges?.size === 0) person.exchanges = undefined
    }
    this.#own.add(flight)
    person.enter(flight)
    person.exchanges ??= new Map()
    person.exchanges.set(variant, flight)
    result.then(leave, leave)
    return flight
  }

  close(): void {
    for (const flight of this.#own) flight.end(new ClosedError())
  }
}
