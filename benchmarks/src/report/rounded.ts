/** Three digits are as many as such numbers are good for. */
export function rounded(value: number): string {
  const digits = value >= 1_000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 }
  return value.toLocaleString('en-US', digits)
}
