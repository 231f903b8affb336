import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { repository } from './markdown.js'

/** The folder with Nest 11. */
export const nest11 = join(repository, 'conformance/nest11')

/** A folder below the one with Nest 11, from which our packages are found beside it. The workspace's own have Nest 12. */
export async function besideNest11(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(nest11, 'node_modules/.app-'))
  const scope = join(folder, 'node_modules/@tesouro-tokens')
  await mkdir(scope, { recursive: true })
  for (const name of ['package.json', 'dist']) {
    const from = join(repository, 'packages/nestjs', name)
    if (!existsSync(from)) throw new Error('packages/nestjs is not built: run `npx turbo run build` first')
    await cp(from, join(scope, 'nestjs', name), { recursive: true })
  }
  await symlink(join(repository, 'packages/core'), join(scope, 'core'), 'junction')
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
