/** The command was used wrongly: exit code 2. The message is shown as it is, so it holds no value that may be secret. */
export class UsageError extends Error {}
