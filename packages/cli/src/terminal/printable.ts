/** Characters that end a line, move the cursor or change the direction of writing. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu

/** Foreign text on one line, cut where it becomes long. */
export function printable(text: string, longest = 160): string {
  const plain = text.replace(unprintable, ' ').trim()
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain
}
