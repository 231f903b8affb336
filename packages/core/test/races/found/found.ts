import { logouts } from './logouts.js'
import type { FoundOrder } from './order.js'
import { renewals } from './renewals.js'
import { revocations } from './revocations.js'
import { tokens } from './tokens.js'

/** Every order that ever broke a rule of core, in its smallest form. */
export const found: readonly FoundOrder[] = [...logouts, ...revocations, ...renewals, ...tokens]
