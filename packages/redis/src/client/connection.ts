/** A client of either library, as the rest of the package uses it. */
export interface Connection {
  /**
   * Runs a script on the server that has the keys, by its SHA-1; the whole text is sent only to a server that does not
   * know it yet. The answer is as the library gives it.
   */
  run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>
  /**
   * Listens on channels, on a connection that does nothing else, until it is stopped. Never says whether that
   * works: the libraries connect and subscribe again by themselves, and a message that arrives is the only proof.
   */
  subscribe(channels: readonly string[], hear: (channel: string, message: string) => void): () => void
}
