import type { TesouroUser } from '@tesouro-tokens/next'

/** A customer of the example. `sub` never changes; `email` is one that the bank has verified. */
export interface Customer extends TesouroUser {
  name: string
}

/** Stands for your table of users. The platform looks them up by e-mail address: there, take two that it knows. */
export const customers = (): readonly Customer[] => [
  { sub: 'u_ana', email: process.env.ANA_EMAIL || 'ana@bank.example', name: 'Ana' },
  { sub: 'u_bruno', email: process.env.BRUNO_EMAIL || 'bruno@bank.example', name: 'Bruno' },
]
