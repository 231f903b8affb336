/** Is told of a logout or a renewal: whose; `undefined` says that some may have been missed. */
export type Listener = (subject: string | undefined, what?: { renewal: boolean }) => void
