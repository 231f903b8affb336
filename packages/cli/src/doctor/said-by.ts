/** What the token endpoint has said in a refusal (RFC 6749 §5.2): `401 invalid_client: …`. */
export function saidBy(refusal: {
  status: number
  error?: string | undefined
  errorDescription?: string | undefined
}): string {
  const { status, error, errorDescription } = refusal
  return `${[status, error].join(' ').trim()}${errorDescription === undefined ? '' : `: ${errorDescription}`}`
}
