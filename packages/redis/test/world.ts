import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer } from '@tesouro-tokens/conformance/redis'
import type { TokenCache, TokenKey } from '@tesouro-tokens/core'
import { expect, vi } from 'vitest'
import { type RedisTokenCacheOptions, redisTokenCache } from '../src/index.js'
import type { Opened } from './clients.js'

export const alice: TokenKey = { subject: 'a'.repeat(64), variant: '1'.repeat(64) }
export const aliceElse: TokenKey = { ...alice, variant: '2'.repeat(64) }
export const bob: TokenKey = { subject: 'b'.repeat(64), variant: '1'.repeat(64) }

/** One process of a fleet. */
export interface Process extends AsyncDisposable {
  cache: TokenCache
  client: Opened['client']
  /** What it was told of logouts; `undefined` where some may have been missed. */
  heard: (string | undefined)[]
  /** Waits until it hears: twice in a row it is told of a logout that another process makes, and of no doubt between. */
  hears(other: TokenCache): Promise<void>
}

export async function processWith(
  opened: Opened,
  options: Partial<RedisTokenCacheOptions> = {},
): Promise<Process> {
  const { client } = opened
  const cache = redisTokenCache({ client, keys: false, ...options })
  const heard: (string | undefined)[] = []
  cache.onForget?.((subject) => heard.push(subject))
  return {
    cache,
    client,
    heard,
    async hears(other) {
      let count = 0
      await vi.waitFor(async () => {
        const subjects = [`test-${count++}`, `test-${count++}`]
        for (const subject of subjects) {
          await other.forget(subject)
          await sleep(150)
        }
        const [first] = subjects
        expect(heard.slice(heard.indexOf(first))).toEqual(subjects)
      }, waiting)
      heard.length = 0
    },
    async [Symbol.asyncDispose]() {
      await cache.close?.()
      await opened.close()
    },
  }
}

/** Patience for what is waited for, on a machine that is busy. */
export const waiting: { timeout: number; interval: number } = { timeout: 120_000, interval: 50 }

export async function store(
  cache: TokenCache,
  key: TokenKey,
  value: string,
  ttlMs = 60_000,
): Promise<boolean> {
  const { generation } = await cache.get(key)
  return cache.set(key, value, { ttlMs, generation })
}

/** Breaks every connection that listens. */
export async function cut(servers: readonly RedisServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')))
}

/** Whether alice's logout is known, or that some may have been missed. */
export function madeUpFor({ heard }: Process): boolean {
  return heard.includes(alice.subject) || heard.includes(undefined)
}
