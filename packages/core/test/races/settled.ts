import { webCrypto } from './core-program.js'

/** Everything has run that needs neither time nor a decision. */
export async function settled(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve))
  while (webCrypto.underWay > 0)
}
