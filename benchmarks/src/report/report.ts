import type { Role } from '../measure/alternate.js'

/** One line of a table. */
export interface Figure {
  name: string
  role: Role
  /** What each round measured. */
  rounds: number[]
  median: number
  /** As a multiple of the peer's number in the same round, the median of all rounds. */
  ofPeer: number
  /** As a multiple of the floor's number in the same round, the median of all rounds. */
  ofFloor: number
}

/** Numbers that were measured side by side, in turns. */
export interface Table {
  name: string
  title: string
  unit: string
  better: 'more' | 'less'
  /** The name of the figure that the others are compared with, beside the floor. */
  peer: string
  figures: Figure[]
  /** What a reader has to know beside the numbers. */
  notes: string[]
}

/** What was aimed at. */
export interface Goal {
  name: string
  reached: number
  is: 'at least' | 'at most'
  wanted: number
  met: boolean
}

/** Where the time of one of our programs goes. */
export interface Profile {
  title: string
  shares: { place: string; share: number }[]
}

/** What benchmarks give. */
export interface Result {
  tables: Table[]
  goals: Goal[]
  profiles: Profile[]
}

/** Where and with what it was measured. */
export interface Machine {
  date: string
  processor: string
  cores: number
  memoryGiB: number
  system: string
  /** How many processes wanted to run in the minute before: above 0.5 somebody else was at work. */
  loadBefore: number
  versions: { [name: string]: string }
}

/** A whole run, as it is written to JSON. */
export interface Report extends Result {
  machine: Machine
}
