import type { JsonValue } from '../user.js'
import { isWellFormed } from './given.js'

/** Why a value cannot be copied as JSON. The message names the place, never the value. */
export class NotPlainJson extends Error {}

const maximumDepth = 16

/**
 * Copies a value that JSON can say in full, frozen at every depth. Whatever `JSON.stringify` would drop, bend or
 * ask (functions, dates, `undefined`, NaN, getters that answer differently the second time) is refused instead.
 */
export function copyPlainJson(value: unknown, place: string, maximumValues: number): JsonValue {
  let left = maximumValues

  function copy(value: unknown, depth: number): JsonValue {
    left -= 1
    if (left < 0) throw new NotPlainJson(`${place} holds too much`)
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'string') return checkedText(value)
    if (typeof value === 'number') {
      if (!Number.isFinite(value))
        throw new NotPlainJson(`${place} holds a number that JSON has no form for, such as NaN`)
      return value
    }
    if (typeof value !== 'object') throw new NotPlainJson(`${place} holds a ${typeof value}`)
    if (depth === maximumDepth) throw new NotPlainJson(`${place} is nested too deeply, or in itself`)
    return Array.isArray(value) ? copyArray(value, depth + 1) : copyObject(value, depth + 1)
  }

  function copyArray(array: readonly unknown[], depth: number): JsonValue {
    if (array.length > left) throw new NotPlainJson(`${place} holds too much`)
    return Object.freeze(Array.from(array, (item) => copy(item, depth)))
  }

  function copyObject(object: object, depth: number): JsonValue {
    const prototype: unknown = Object.getPrototypeOf(object)
    // another realm's Object.prototype is as good as ours
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      throw new NotPlainJson(`${place} holds an object that is not plain`)
    }
    const members: [name: string, value: JsonValue][] = []
    for (const name of Reflect.ownKeys(object)) {
      if (typeof name === 'symbol') throw new NotPlainJson(`${place} holds a member named by a symbol`)
      if (name === '__proto__') throw new NotPlainJson(`${place} holds a member named __proto__`)
      members.push([checkedText(name), copy(Reflect.get(object, name), depth)])
    }
    // Defines them: an assignment would meet what somebody has put on every object's prototype.
    return Object.freeze(Object.fromEntries(members))
  }

  function checkedText(text: string): string {
    if (!isWellFormed(text)) throw new NotPlainJson(`${place} holds half of a surrogate pair`)
    return text
  }

  return copy(value, 0)
}
