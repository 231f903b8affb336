/** The command was used wrongly, or what it asks for is not possible: one line for the terminal, exit code 2. */
export class UsageError extends Error {}
