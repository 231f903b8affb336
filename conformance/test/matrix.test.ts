import { expect, test } from 'vitest'
import { matrix, sampleOf } from '../src/adapter/matrix.js'

const all = [...matrix('own.example', {})]

/** Every three choices of different kinds that meet in one of the cells. */
function threesIn(cells: typeof all): Set<string> {
  const threes = new Set<string>()
  for (const { choices } of cells)
    for (let a = 0; a < choices.length; a += 1)
      for (let b = 0; b < a; b += 1)
        for (let c = 0; c < b; c += 1)
          threes.add(JSON.stringify([a, b, c, choices[a] ?? null, choices[b] ?? null, choices[c] ?? null]))
  return threes
}

test('the sample of the cross-site matrix leaves out three choices that meet in the whole', () => {
  const sample = sampleOf(all)
  expect(all).toHaveLength(3_600)
  expect(sample.length).toBeLessThan(600)
  expect(threesIn(sample)).toEqual(threesIn(all))
})
