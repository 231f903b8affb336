import { answerAtOnce } from '../at-once.js'
import type { CacheAnswer } from '../check-answer.js'
import type { TokenCache, TokenKey } from '../token-cache.js'

/**
 * Why memory holds a copy: the store has it too; the store could not take it; or the store could not be told to drop
 * what it has.
 */
export type CopyKind = 'saved' | 'unsaved' | 'dropped'

/** What memory holds of a token. */
export interface Copy {
  kind: CopyKind
  value: string
  /** The subject's generation in the store when the token was asked for. */
  generation: string
  remainingMs: number
  /** How long the copy has been here. */
  ageMs: number
}

/** What memory says of a key, and memory's own generation: a copy is kept only if nobody was forgotten since. */
export interface Look {
  copy: Copy | undefined
  localGeneration: string
}

/** Copies of tokens in this process's memory, each with what has to be known before it may be served. */
export interface Copies {
  look(key: TokenKey): Promise<Look>
  /** The copy that memory has, if memory can be looked into without waiting. */
  copyAtOnce(key: TokenKey): Copy | undefined
  /** `false`: the subject was forgotten since `localGeneration` was read. */
  keep(
    key: TokenKey,
    copy: { kind: CopyKind; value: string; generation: string; ttlMs: number },
    localGeneration: string,
  ): Promise<boolean>
  drop(key: TokenKey): Promise<void>
  forget(subject: string): Promise<string[]>
}

const kinds: ReadonlySet<unknown> = new Set<CopyKind>(['saved', 'unsaved', 'dropped'])

/** The head is JSON, which holds no line break of its own; the value follows as it is. */
function write(copy: { kind: CopyKind; value: string; generation: string; ttlMs: number }): string {
  return `${JSON.stringify([copy.kind, copy.generation, copy.ttlMs])}\n${copy.value}`
}

function read(text: string, remainingMs: number): Copy | undefined {
  const end = text.indexOf('\n')
  try {
    const head: unknown = JSON.parse(text.slice(0, end))
    if (!isHead(head)) return undefined
    const [kind, generation, ttlMs] = head
    return { kind, value: text.slice(end + 1), generation, remainingMs, ageMs: ttlMs - remainingMs }
  } catch {
    return undefined
  }
}

function isHead(head: unknown): head is [kind: CopyKind, generation: string, ttlMs: number] {
  if (!Array.isArray(head) || head.length !== 3) return false
  const [kind, generation, ttlMs]: unknown[] = head
  return kinds.has(kind) && typeof generation === 'string' && Number.isFinite(ttlMs)
}

function copyIn({ value, remainingMs }: Pick<CacheAnswer, 'value' | 'remainingMs'>): Copy | undefined {
  return value === undefined || remainingMs === undefined ? undefined : read(value, remainingMs)
}

export function createCopies(local: TokenCache): Copies {
  return {
    async look(key) {
      const answer = await local.get(key)
      return { copy: copyIn(answer), localGeneration: answer.generation }
    },

    copyAtOnce: (key) => copyIn(answerAtOnce(local, key) ?? {}),

    async keep(key, copy, localGeneration) {
      if (copy.ttlMs < 1) return true
      return local.set(key, write(copy), { ttlMs: copy.ttlMs, generation: localGeneration })
    },

    drop: (key) => local.delete(key),

    async forget(subject) {
      const copies = (await local.forget(subject)).map((text) => read(text, 0))
      return copies.flatMap((copy) => (copy === undefined || copy.kind === 'dropped' ? [] : [copy.value]))
    },
  }
}
