import type { AccessTokens } from '../access-tokens.js'
import type { Answer } from '../http/answer.js'
import type { PlatformClock } from '../platform-clock.js'
import { garbageAnswer, oversizedAnswer, statusAnswer } from './answers.js'
import type { ActiveFault, FaultScope, FaultTarget, SandboxFaults, UndoFault } from './faults.js'
import { faultArguments } from './validation.js'

/** What happens to a struck request instead of, or after, the work. */
export type FaultAction =
  | { type: 'answer'; answer: (target: FaultTarget | undefined, path: string) => Answer }
  | { type: 'reset' }
  | { type: 'hang' }
  | { type: 'truncated' }

/** What the faults do to one request. */
interface Strike {
  /** Names of the faults, for the log. */
  names: readonly string[]
  delayMs: number
  action: FaultAction | undefined
}

/** The faults, and the way to ask what they do to a request. */
export interface FaultEngine {
  faults: SandboxFaults
  strike(request: { target: FaultTarget | undefined; user: string | undefined }): Strike
  /** The way to undo one fault; `undefined` when it has ended. */
  undoOf(id: number): UndoFault | undefined
}

interface Fault extends ActiveFault {
  effect: { type: 'delay'; ms: number } | FaultAction | { type: 'lasting' }
  undo: UndoFault
}

/** Switches a fault on. `takeBack` undoes what lasts. */
type AddFault = (
  name: string,
  effect: Fault['effect'],
  scope?: FaultScope,
  takeBack?: () => void,
) => UndoFault

/** What faults act on. */
interface FaultEngineParts {
  accessTokens: AccessTokens
  clock: PlatformClock
}

export function createFaultEngine(parts: FaultEngineParts): FaultEngine {
  const active: Fault[] = []
  let lastId = 0

  const remove = (fault: Fault): boolean => {
    const index = active.indexOf(fault)
    if (index !== -1) active.splice(index, 1)
    return index !== -1
  }
  const add: AddFault = (name, effect, given = {}, takeBack = () => {}) => {
    const scope = faultArguments.scope(given, name)
    lastId += 1
    const undo = (): void => {
      if (remove(fault)) takeBack()
    }
    const fault: Fault = { id: lastId, fault: name, struck: 0, scope, effect, undo }
    active.push(fault)
    return undo
  }

  return {
    faults: faultsOf(active, add, parts),
    undoOf: (id) => active.find((fault) => fault.id === id)?.undo,
    strike(request) {
      const matching = active.filter((fault) => concerns(fault.scope, request))
      const delays = matching.filter(({ effect }) => effect.type === 'delay')
      const [first] = matching.filter(({ effect }) => effect.type !== 'delay' && effect.type !== 'lasting')
      const striking = first ? [...delays, first] : delays
      for (const fault of striking) {
        fault.struck += 1
        if (fault.struck === fault.scope.times) remove(fault)
      }
      const delayMs = delays.reduce((sum, { effect }) => sum + (effect.type === 'delay' ? effect.ms : 0), 0)
      return { names: striking.map(({ fault }) => fault), delayMs, action: actionOf(first) }
    },
  }
}

function faultsOf(
  active: readonly Fault[],
  add: AddFault,
  { accessTokens, clock }: FaultEngineParts,
): SandboxFaults {
  return {
    slow: (ms, scope) => add('slow', { type: 'delay', ms: faultArguments.milliseconds(ms) }, scope),
    status(status, options = {}) {
      const { retryAfterSeconds, ...scope } = faultArguments.statusOptions(options)
      const answer = statusAnswer(faultArguments.status(status), retryAfterSeconds)
      return add(`status ${status}`, { type: 'answer', answer }, scope)
    },
    answer(given, scope) {
      const answer = faultArguments.answer(given)
      return add('answer', { type: 'answer', answer: () => answer }, scope)
    },
    reset: (scope) => add('reset', { type: 'reset' }, scope),
    hang: (scope) => add('hang', { type: 'hang' }, scope),
    garbage: (scope) => add('garbage', { type: 'answer', answer: garbageAnswer }, scope),
    truncated: (scope) => add('truncated', { type: 'truncated' }, scope),
    oversized(options = {}) {
      const { bytes, ...scope } = faultArguments.oversizedOptions(options)
      const answer = oversizedAnswer(bytes)
      return add('oversized', { type: 'answer', answer: () => answer }, scope)
    },
    expireAccessTokens(status = 401) {
      const takeBack = accessTokens.expireAll(faultArguments.expiredStatus(status))
      return add(`expireAccessTokens ${status}`, { type: 'lasting' }, {}, takeBack)
    },
    moveClock(ms) {
      clock.move(faultArguments.shift(ms))
      return add(`moveClock ${ms}`, { type: 'lasting' }, {}, () => clock.move(-ms))
    },
    clear() {
      for (const { undo } of active.toReversed()) undo()
    },
    active: () => active.map(({ id, fault, struck, scope }) => ({ id, fault, struck, scope })),
  }
}

function concerns(
  { on, user }: FaultScope,
  request: { target: FaultTarget | undefined; user: string | undefined },
): boolean {
  if (user !== undefined && user !== request.user) return false
  if (on === undefined) return true
  return request.target !== undefined && [on].flat().includes(request.target)
}

function actionOf(fault: Fault | undefined): FaultAction | undefined {
  if (fault === undefined || fault.effect.type === 'delay' || fault.effect.type === 'lasting')
    return undefined
  return fault.effect
}
