// Lives through the day as one of those who are compared, in a process of its own.
import { type Day, livesOfADay } from '@tesouro-tokens/conformance/day'
import { beApart } from '../apart.js'

export interface DayInput {
  life: keyof typeof livesOfADay
  users: number
  seed: number
}

await beApart<DayInput, Day>(({ life, ...day }, say) =>
  livesOfADay[life]({ ...day, onHour: (hour) => say(`${life}: hour ${hour} is over`) }),
)
