/** A number that a proof has measured, and what it has to be where something was promised. */
export interface Figure {
  name: string
  measured: number
  unit?: string
  wanted?: { atMost: number } | { atLeast: number }
}

/** Whether a number is as wanted; one that is only reported always is. Nothing measured, `NaN`, never is. */
export function isMet({ measured, wanted }: Figure): boolean {
  if (wanted === undefined) return true
  return 'atMost' in wanted ? measured <= wanted.atMost : measured >= wanted.atLeast
}
