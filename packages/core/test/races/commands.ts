import { closeInstance, fetchAs, forget, get, mint, renew } from './calls.js'
import { clientIds, type Instance, type SimulatedProcess, type World } from './world.js'

/** Something that the explorer can do now. Its name tells it in the list of an order, and finds it again. */
export interface Action {
  readonly name: string
  readonly weight: number
  readonly run: () => void
  /** Whether everything but the platform goes smoothly after it. */
  readonly isSmooth?: boolean
}

/** What applications, operators and machines can do now. */
export function commandsOf(world: World): Action[] {
  const open = world.instances.filter(({ isClosed, process }) => !isClosed && !process.standsStill)
  return [
    ...open.flatMap((instance) => callsOf(world, instance)),
    ...world.scene.sessions.map((session) => ({
      name: `everybody gets ${session.label}'s token`,
      weight: 1.2,
      run: () => {
        for (const instance of open) get(world, instance, session)
      },
    })),
    ...open.map((instance) => ({
      name: `${instance.name} is closed`,
      weight: 0.4,
      run: () => closeInstance(world, instance),
    })),
    ...storeCommands(world),
    ...(world.scene.rotates ? [rotation(world)] : []),
    ...world.processes.flatMap((process) => machineCommands(world, process)),
    ...[...world.platform.tokens.values()]
      .filter(({ refused }) => !refused)
      .slice(-2)
      .map((token) => ({
        name: `the platform refuses ${token.text} from now on`,
        weight: 0.4,
        run: () => {
          token.refused = true
          world.witness.disturb()
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
    calls.push({ name: `${name} and revokes, smoothly`, weight: 0.6, run, isSmooth: true })
    const [session] = world.scene.sessions.filter((each) => each.person === person)
    if (session !== undefined) {
      const atOnce = (): void => {
        get(world, instance, session)
        world.witness.step += 1
        forget(world, instance, person, false)
      }
      calls.push({ name: `${name} in the turn in which it gets a token`, weight: 0.25, run: atOnce })
    }
    if (world.scene.listens) {
      const armed = (): void => {
        instance.atNextEvent = () => forget(world, instance, person, false)
      }
      calls.push({
        name: `${instance.name}'s listener forgets ${person} at the next event`,
        weight: 0.3,
        run: armed,
      })
    }
    const renewing = (): void => renew(world, instance, person)
    calls.push({ name: `${instance.name} renews ${person}`, weight: 0.3, run: renewing })
  }
  return calls
}

/** The secret manager tells another client id from now on, and the next time the first one again. */
function rotation(world: World): Action {
  const other = clientIds.find((clientId) => clientId !== world.clientId) ?? clientIds[0]
  const run = (): void => {
    world.clientId = other
    // A token that came with another client id than its name says is kept nowhere.
    world.witness.disturb()
  }
  return { name: `the client id changes to ${other}`, weight: 2, run }
}

function storeCommands(world: World): Action[] {
  const { store, scene } = world
  if (store === undefined) return []
  const faults: Action[] = world.processes.map(({ name }) =>
    store.isCutOff(name)
      ? { name: `${name} reaches the store again`, weight: 2, run: () => store.reach(name) }
      : {
          name: `${name} reaches the store no longer`,
          weight: 0.5 * scene.faults,
          run: () => store.cutOff(name),
        },
  )
  const isSealed = scene.caches !== 'memory' && scene.caches.every((how) => how.startsWith('sealed'))
  if (isSealed && store.records.canPutBack) {
    const run = (): void => changing(world, () => store.records.putBack())
    faults.push({ name: 'somebody puts back into the store what was kept last', weight: 2, run })
  }
  if (scene.faults === 0) return faults.filter(({ weight }) => weight > 0)
  faults.push({
    name: 'the store comes back empty',
    weight: 0.12 * scene.faults,
    run: () => changing(world, () => store.wipe()),
  })
  for (const subject of world.subjects) {
    const name = `the store evicts ${world.names.of(subject)}`
    if (store.records.holds(subject))
      faults.push({
        name,
        weight: 0.4 * scene.faults,
        run: () => changing(world, () => store.records.evict(subject)),
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
      world.witness.disturb()
      process.skewMs += seconds * 1_000
    }
    commands.push({ name: `${name}'s wall clock is set by ${seconds} s`, weight: 0.05 * scene.faults, run })
  }
  return commands
}

/** Runs what may lose a process its token without a logout. */
function disturbing(world: World, run: () => void): void {
  world.witness.disturb()
  run()
}

/** Runs what makes the store lose something, or get it back. */
function changing(world: World, run: () => void): void {
  world.witness.storeChanges()
  run()
}
