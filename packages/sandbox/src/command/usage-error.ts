/** The command was used wrongly, or what it was told cannot be had: one line for the terminal, exit code 2. */
export class UsageError extends Error {}
