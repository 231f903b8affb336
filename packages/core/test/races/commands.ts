import type { TesouroTokens } from '../../src/index.js'
import type { Session } from './names.js'
import type { Granted } from './platform.js'
import type { CallFact } from './witness.js'
import type { Instance, SimulatedProcess, World } from './world.js'

/** Something that the explorer can do now. Its name tells it in the list of an order, and finds it again. */
export interface Action {
  readonly name: string
  readonly weight: number
  readonly run: () => void
}

/** What applications, operators and machines can do now. */
export function commandsOf(world: World): Action[] {
  const open = world.instances.filter(({ isClosed, process }) => !isClosed && !process.standsStill)
  return [
    ...open.flatMap((instance) => callsOf(world, instance)),
    ...open.map((instance) => ({
      name: `${instance.name} is closed`,
      weight: 0.12,
      run: () => closeInstance(world, instance),
    })),
    ...storeCommands(world),
    ...world.processes.flatMap((process) => machineCommands(world, process)),
    ...[...world.platform.tokens.values()]
      .filter(({ refused }) => !refused)
      .slice(-2)
      .map((token) => ({
        name: `the platform refuses ${token.text} from now on`,
        weight: 0.4,
        run: () => {
          token.refused = true
          world.witness.disturbed = true
        },
      })),
  ]
}

function callsOf(world: World, instance: Instance): Action[] {
  const calls: Action[] = []
  for (const session of world.scene.sessions) {
    const { label } = session
    const named = `${instance.name} gets ${label}'s token`
    calls.push({ name: named, weight: 1.6, run: () => get(world, instance, session) })
    const last = world.lastTokens.get(label)
    if (last !== undefined) {
      const run = (): void => disturbing(world, () => get(world, instance, session, last))
      calls.push({ name: `${named} instead of ${last}`, weight: 0.25, run })
    }
    const send = (): void => fetchAs(world, instance, session)
    calls.push({ name: `${instance.name} fetches as ${label}`, weight: 0.7, run: send })
    calls.push({
      name: `${instance.name} mints for ${label}`,
      weight: 0.3,
      run: () => mint(world, instance, session),
    })
  }
  for (const person of world.scene.people) {
    const name = `${instance.name} forgets ${person}`
    calls.push({ name, weight: 0.7, run: () => forget(world, instance, person, false) })
    const run = (): void => forget(world, instance, person, true)
    calls.push({ name: `${name} and revokes`, weight: 0.5, run })
    const renewing = (): void => renew(world, instance, person)
    calls.push({ name: `${instance.name} renews ${person}`, weight: 0.3, run: renewing })
  }
  return calls
}

function begin(
  world: World,
  { name: instance, process }: Instance,
  kind: CallFact['kind'],
  { person, label }: Session,
  rejectedToken?: string,
): CallFact {
  return world.witness.begin({ kind, process: process.name, instance, person, label, rejectedToken })
}

/** Tells the witness how a call ends. */
function watch<Result>(
  world: World,
  { process }: Instance,
  call: CallFact,
  work: (tokens: CallFact) => Promise<Result>,
  resolved: (result: Result) => void,
): void {
  const { isTesouroTokensError } = process.program.core
  Promise.resolve(work(call)).then(resolved, (error: unknown) =>
    world.witness.rejected(call, isTesouroTokensError(error) ? error : undefined, String(error)),
  )
}

export function get(world: World, instance: Instance, session: Session, rejectedToken?: string): void {
  const call = begin(world, instance, 'get', session, rejectedToken)
  const work = (): ReturnType<TesouroTokens['getUserAccessToken']> =>
    instance.tokens.getUserAccessToken(world.userOf(call), { rejectedToken })
  watch(world, instance, call, work, ({ accessToken }) => {
    world.lastTokens.set(session.label, accessToken)
    world.witness.served(call, world.granted(accessToken))
  })
}

function fetchAs(world: World, instance: Instance, session: Session): void {
  const call = begin(world, instance, 'fetch', session)
  const work = (): Promise<Response> =>
    instance.tokens.fetchAsUser(world.userOf(call), '/v1/accounts', {
      headers: { 'x-call': String(call.id) },
    })
  watch(world, instance, call, work, () => world.witness.served(call, undefined))
}

function mint(world: World, instance: Instance, session: Session): void {
  const call = begin(world, instance, 'mint', session)
  const work = (): Promise<unknown> => instance.tokens.mintWidgetToken(world.userOf(call))
  watch(world, instance, call, work, () => world.witness.served(call, undefined))
}

function forget(world: World, instance: Instance, person: string, revoke: boolean): void {
  const call = begin(world, instance, 'forget', { person, label: person })
  const logout = world.witness.beginLogout(call)
  for (const { label } of world.scene.sessions) {
    if (label.startsWith(person)) world.lastTokens.delete(label)
  }
  watch(
    world,
    instance,
    call,
    () => instance.tokens.forgetUser({ sub: person }, { revoke }),
    (result) => {
      call.isOver = true
      world.witness.logoutResolved(logout)
      if (revoke) world.witness.counted(logout, result, grantedIn(world, logout.dropped))
    },
  )
}

/** The tokens in what the store dropped; sealed values cannot be read. */
function grantedIn(world: World, values: ReadonlySet<string>): Granted[] {
  return [...values].flatMap((value) => {
    const [, text = ''] = /"accessToken":"([^"]+)"/.exec(value) ?? []
    return world.granted(text) ?? []
  })
}

function renew(world: World, instance: Instance, person: string): void {
  const call = begin(world, instance, 'renew', { person, label: person })
  const renewal = world.witness.beginLogout(call)
  watch(
    world,
    instance,
    call,
    () => instance.tokens.renewUser({ sub: person }),
    () => {
      call.isOver = true
      world.witness.logoutResolved(renewal)
    },
  )
}

export function closeInstance(world: World, instance: Instance): void {
  instance.isClosed = true
  world.witness.closed(instance.name)
  instance.tokens
    .close()
    .catch((error: unknown) => world.witness.break('closed', `close() rejected: ${error}`))
}

function storeCommands(world: World): Action[] {
  const { store, witness, scene } = world
  if (store === undefined) return []
  const faults: Action[] = world.processes.map(({ name }) =>
    store.isCutOff(name)
      ? { name: `${name} reaches the store again`, weight: 2, run: () => store.reach(name) }
      : {
          name: `${name} reaches the store no longer`,
          weight: 0.5 * scene.faults,
          run: () => {
            store.cutOff(name)
            witness.failed(name)
          },
        },
  )
  if (scene.faults === 0) return faults.filter(({ weight }) => weight > 0)
  faults.push({
    name: 'the store comes back empty',
    weight: 0.12 * scene.faults,
    run: () => disturbing(world, () => store.wipe()),
  })
  for (const subject of world.subjects) {
    const name = `the store evicts ${world.names.of(subject)}`
    if (store.holds(subject))
      faults.push({
        name,
        weight: 0.15 * scene.faults,
        run: () => disturbing(world, () => store.evict(subject)),
      })
  }
  return faults
}

function machineCommands(world: World, process: SimulatedProcess): Action[] {
  const { witness, scene } = world
  const { name } = process
  if (process.standsStill) {
    const goOn = (): void => {
      process.standsStill = false
      witness.stoodStill(name)
    }
    return [{ name: `${name} goes on`, weight: 2, run: goOn }]
  }
  const stand = (): void => {
    process.standsStill = true
    witness.stoodStill(name)
  }
  const commands = [{ name: `${name} stands still`, weight: 0.12 * scene.faults, run: stand }]
  const isSealed = scene.caches !== 'memory' && scene.caches.some((how) => how.startsWith('sealed'))
  if (isSealed) return commands // sealing goes by wall clocks that agree
  for (const seconds of [600, -600]) {
    const run = (): void => {
      world.witness.disturbed = true
      process.skewMs += seconds * 1_000
    }
    commands.push({ name: `${name}'s wall clock is set by ${seconds} s`, weight: 0.05 * scene.faults, run })
  }
  return commands
}

/** A process may lose a token by this without a logout. */
function disturbing(world: World, run: () => void): void {
  world.witness.disturbed = true
  run()
}
