export type { Answers, FleetProcess, FleetProcessOptions } from './fleet-process.js'
export { type Fleet, openFleet, subs } from './open-fleet.js'
