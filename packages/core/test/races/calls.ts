import type { TesouroTokens } from '../../src/index.js'
import type { CallFact, LogoutFact } from './facts.js'
import type { Session } from './names.js'
import type { Granted } from './platform.js'
import type { Instance, World } from './world.js'

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
  logout?: LogoutFact,
): void {
  const { isTesouroTokensError } = process.program.core
  Promise.resolve(work(call)).then(resolved, (error: unknown) => {
    const ours = isTesouroTokensError(error) ? error : undefined
    if (logout !== undefined && ours?.code !== 'cache_unavailable') world.witness.withdraw(logout)
    world.witness.rejected(call, ours, String(error))
  })
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

export function fetchAs(world: World, instance: Instance, session: Session): void {
  const call = begin(world, instance, 'fetch', session)
  const work = (): Promise<Response> =>
    instance.tokens.fetchAsUser(world.userOf(call), '/v1/accounts', {
      headers: { 'x-call': String(call.id) },
    })
  watch(world, instance, call, work, () => world.witness.served(call, undefined))
}

export function mint(world: World, instance: Instance, session: Session): void {
  const call = begin(world, instance, 'mint', session)
  const work = (): Promise<unknown> => instance.tokens.mintWidgetToken(world.userOf(call))
  watch(world, instance, call, work, () => world.witness.served(call, undefined))
}

export function forget(world: World, instance: Instance, person: string, revoke: boolean): void {
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
    logout,
  )
}

/** The tokens in what the store dropped; sealed values cannot be read. */
function grantedIn(world: World, values: ReadonlySet<string>): Granted[] {
  return [...values].flatMap((value) => {
    const [, text = ''] = /"accessToken":"([^"]+)"/.exec(value) ?? []
    return world.granted(text) ?? []
  })
}

export function renew(world: World, instance: Instance, person: string): void {
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
    renewal,
  )
}

export function closeInstance(world: World, instance: Instance): void {
  instance.isClosed = true
  world.witness.closed(instance.name)
  instance.tokens
    .close()
    .catch((error: unknown) => world.witness.break('closed', `close() rejected: ${error}`))
}
