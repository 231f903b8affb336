import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'

// The package as it is built, in a process of its own, so that nothing but what requests leave behind is on the heap.
const script = fileURLToPath(new URL('processes/slow-connections.mjs', import.meta.url))

describe('five waves of 2,000 connections that nobody is signed in on', () => {
  let heaps: number[]
  let buffers: number[]
  beforeAll(async () => {
    const args = ['--expose-gc', script, '2000', '5']
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 580_000 })
    ;({ heaps, buffers } = JSON.parse(stdout))
  })

  test('something of each refused request is kept when its connection has gone', () => {
    const [first = Number.NaN] = heaps
    // Sixty bytes for a request: less than an object with its headers, and far more than what a heap differs by.
    expect((heaps.at(-1) ?? Number.NaN) - first).toBeLessThan(500_000)
  })

  test('what a client sends after its 401 is piled up for as long as the connection is open', () => {
    // 64 MB were sent in each wave.
    expect(buffers).toHaveLength(5)
    expect(Math.max(...buffers)).toBeLessThan(1_000_000)
  })
})
