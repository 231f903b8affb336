const provisionalPrefix = '\u0000memory '

/** The generation of a subject of whom the store has told nothing: this process's own. */
export function provisional(localGeneration: string): string {
  return `${provisionalPrefix}${localGeneration}`
}

/** Whether a generation is this process's own, so that it cannot be compared with what the store tells. */
export function isProvisional(generation: string): boolean {
  return generation.startsWith(provisionalPrefix)
}
