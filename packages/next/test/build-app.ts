import { build } from './next.js'

/** Built once for all test files, with nothing in the environment: a build wants no secret. */
export default async function buildApp(): Promise<void> {
  const { ok, output } = await build('app')
  if (!ok) throw new Error(`next build failed with an empty environment:\n${output}`)
}
