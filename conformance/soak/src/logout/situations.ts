import type { FleetProcess } from '@tesouro-tokens/fleet'
import type { Hearer, Hearers } from './hearer.js'
import { served, servesAnother } from './serves.js'

export interface Situation {
  name: string
  /** Once, before the first logout. */
  prepare?(hearers: Hearers): void
  /** Logs a user out by one process, and gives how long each of the others went on with the old token, in ms. */
  logOut(user: string, by: FleetProcess, hearers: Hearers): Promise<number[]>
}

/** In this order: what the last one has cut stays so. */
export const situations: readonly Situation[] = [
  { name: 'subscription alive', logOut: heardWhile },
  {
    name: 'both cut, from the return of the connection',
    async logOut(user, by, hearers) {
      const old = await signIn(user, by, hearers)
      hearers.cut()
      await hearers.tell('bypassed')
      await by.forget(user)
      for (const { process } of hearers.all) {
        if ((await served(process, user)) !== old) throw new Error('nobody can have told it yet')
      }
      const ms = await Promise.all(hearers.all.map((hearer) => heardOnReturn(hearer, user, old)))
      await hearers.tell('up')
      return ms
    },
  },
  {
    name: 'subscription cut, commands work',
    prepare(hearers) {
      for (const { subscription } of hearers.all) subscription.cut()
    },
    logOut: heardWhile,
  },
]

/** From the moment at which `forgetUser` is called, while the others are called all the time. */
async function heardWhile(user: string, by: FleetProcess, hearers: Hearers): Promise<number[]> {
  const old = await signIn(user, by, hearers)
  const begun = performance.now()
  const forgotten = by.forget(user)
  const times = await Promise.all(hearers.all.map(({ process }) => servesAnother(process, user, old)))
  await forgotten
  return times.map((time) => time - begun)
}

async function heardOnReturn(
  { process, commands, subscription }: Hearer,
  user: string,
  old: string,
): Promise<number> {
  commands.restore()
  subscription.restore()
  await commands.connection()
  const back = performance.now()
  return (await servesAnother(process, user, old)) - back
}

/** Gives the token that all of the processes have in their memory then. */
async function signIn(user: string, by: FleetProcess, { all }: Hearers): Promise<string> {
  const token = await served(by, user)
  if (token === undefined) throw new Error('there was no logout yet')
  for (const { process } of all) {
    if ((await served(process, user)) !== token) throw new Error('the processes do not share a token')
  }
  return token
}
