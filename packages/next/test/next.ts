import { fileURLToPath } from 'node:url'
import { buildNext, type RunningNext, startNext } from '@tesouro-tokens/conformance/next-application'

/** The folder of one of the applications beside this file. */
export function folderOf(app: string): string {
  return fileURLToPath(new URL(app, import.meta.url))
}

/** A production build of one of them. */
export function build(
  app: string,
  env?: Readonly<Record<string, string>>,
  ...flags: string[]
): ReturnType<typeof buildNext> {
  return buildNext(folderOf(app), env, ...flags)
}

/** A production server of one that was built. */
export function start(app: string, env: Readonly<Record<string, string>>): Promise<RunningNext> {
  return startNext(folderOf(app), env)
}
