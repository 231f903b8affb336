import type { RequestKind, Sandbox } from '@tesouro-tokens/sandbox'
import type { Person } from './people.js'

/** What every step can use, and what earlier steps left. */
export interface World {
  sandbox: Sandbox
  /** Where the example listens. */
  origin: string
  ana: Person
  bruno: Person
  /** Ana's first widget token. */
  widgetToken: string
  /** Ids of Ana's accounts, as her widget saw them. */
  accountIds: readonly unknown[]
}

/** One step of the walk: `run` gives what was seen. @throws Mismatch at the first thing that is wrong */
export interface Step {
  name: string
  run(world: World): Promise<string>
}

/** How many more requests of this kind, for this person if one is given, the platform gets while `work` runs. */
export async function requestsDuring(
  sandbox: Sandbox,
  of: { kind?: RequestKind; person?: Person },
  work: () => Promise<void>,
): Promise<number> {
  const filter = { kind: of.kind, user: of.person?.sub }
  const before = sandbox.count(filter)
  await work()
  return sandbox.count(filter) - before
}
