/** Where a command runs: what it reads and where it writes. Tests give their own. */
export interface Terminal {
  /** Writes to the standard output. */
  out(text: string): void
  /** Writes to the standard error: progress and usage errors. */
  error(text: string): void
  /** Reads the standard input to its end, at most 64 KiB. */
  read(): Promise<string>
  /** Width of the terminal in characters; 80 in a pipe. */
  columns: number
  /** Whether output has colours: `NO_COLOR`, `FORCE_COLOR` and pipes are respected. */
  color: boolean
  /** Whether progress can be shown: the standard error is a terminal. */
  progress: boolean
  /** The environment variables. */
  env: { readonly [name: string]: string | undefined }
  /** The working directory, an absolute path. */
  cwd: string
  /** Wall clock, in milliseconds since the epoch. */
  now(): number
  /** Node's version, such as `20.19.4`. */
  nodeVersion: string
  /** Settles when the user ends a command that runs on, by Ctrl-C. */
  interrupted: Promise<void>
}
