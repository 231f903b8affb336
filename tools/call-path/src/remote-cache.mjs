import { randomUUID } from 'node:crypto'

/**
 * A token cache that answers later, as one does that has to ask Redis, and notes what it was asked.
 *
 * @returns {import('@tesouro-tokens/core').TokenCache & { asked: string[] }}
 */
export function remoteCache() {
  const asked = []
  const values = new Map()
  const generations = new Map()
  const work = async (operation) => {
    asked.push(operation)
    await new Promise(setImmediate)
  }
  const variantsOf = (subject) => {
    if (!values.has(subject)) values.set(subject, new Map())
    return values.get(subject)
  }
  const generationOf = (subject) => {
    if (!generations.has(subject)) generations.set(subject, `0.${randomUUID()}`)
    return generations.get(subject)
  }
  return {
    asked,
    async get({ subject, variant }) {
      await work('get')
      const generation = generationOf(subject)
      const found = variantsOf(subject).get(variant)
      return found === undefined
        ? { generation }
        : { value: found.value, remainingMs: found.until - Date.now(), generation }
    },
    async set({ subject, variant }, value, { ttlMs, generation }) {
      await work('set')
      if (generation !== generationOf(subject)) return false
      variantsOf(subject).set(variant, { value, until: Date.now() + ttlMs })
      return true
    },
    async delete({ subject, variant }) {
      await work('delete')
      variantsOf(subject).delete(variant)
    },
    async forget(subject, { id = randomUUID() } = {}) {
      await work('forget')
      const dropped = [...variantsOf(subject).values()].map(({ value }) => value)
      values.delete(subject)
      generations.set(subject, id)
      return dropped
    },
    async lease() {
      await work('lease')
      return {
        held: {
          async renew() {
            await work('renew')
            return true
          },
          release: () => work('release'),
        },
      }
    },
    onForget: () => () => {},
  }
}
