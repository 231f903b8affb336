/** Says how far a proof is, beside its table and not in it: some take minutes in which nothing else is seen. */
export function say(text: string): void {
  process.stderr.write(`  ${new Date().toISOString().slice(11, 19)} ${text}\n`)
}
