import { everyWalk } from './walks/every.js'

everyWalk('next')
