import type { CoreProcess } from './core-program.js'
import { Names, people, sessions } from './names.js'
import { Random } from './random.js'
import { SimulatedTime } from './simulated-time.js'
import { clientIds, credentialsOf, optionsOf, plainUser } from './world.js'

/** Which hashes stand for whom: a store is told of nothing else. */
export async function learnNames(
  programs: readonly CoreProcess[],
): Promise<{ names: Names; subjects: string[] }> {
  const [program] = programs
  const names = new Map<string, string>()
  if (program === undefined) return { names: new Names(names), subjects: [] }
  program.surroundings = { time: new SimulatedTime(), random: new Random(0) }
  const { core } = program
  const knownAs = sessions.flatMap((session) => clientIds.map((clientId) => ({ session, clientId })))
  for (const { session, clientId } of knownAs) {
    const tokens = core.createTesouroTokens({
      ...optionsOf({ clock: { now: () => 0, monotonic: () => 0 } }),
      ...credentialsOf(clientId),
      subjectToken: core.unsecuredSubjectToken(),
      fetch: async () => new Response(null, { status: 500 }),
      retry: false,
      cache: {
        get: async ({ subject, variant }) => {
          names.set(subject, session.person).set(variant, session.label)
          return { generation: '1' }
        },
        set: async () => true,
        delete: async () => {},
        forget: async () => [],
      },
    })
    await tokens
      .getUserAccessToken({ ...plainUser(session), subjectToken: async () => 'none' })
      .catch(() => {})
    await tokens.close()
  }
  const subjects = [...names].filter(([, name]) => people.includes(name)).map(([hash]) => hash)
  return { names: new Names(names), subjects }
}
