import { describe, inject } from 'vitest'
import { everyWalk } from './walks/every.js'
import { unnoticed } from './walks/unnoticed.js'

everyWalk('express')

// All of this is core's doing, and each example's way to core is walked with `--once`: one of them is enough here.
describe.skipIf(inject('browser') === '')('express, to a signed-in user in a real browser,', () =>
  unnoticed('express'),
)
