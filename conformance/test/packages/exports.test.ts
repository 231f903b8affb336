import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, inject, test } from 'vitest'
import { publicPackages } from './set-up.js'

const packageFolder = (name: string): string =>
  join(inject('npmFolder'), 'node_modules/@tesouro-tokens', name)

/** The names that a package's index.d.ts exports; every index lists them one by one. */
function declaredNames(name: string): string[] {
  const text = readFileSync(join(packageFolder(name), 'dist/index.d.ts'), 'utf8')
  expect(text).not.toMatch(/export \*/)
  const lists = [...text.matchAll(/export (type )?\{([^}]*)\}/g)]
  return lists
    .flatMap(([, type, list = '']) =>
      list
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean)
        .map((entry) => (type && !entry.startsWith('type ') ? `type ${entry}` : entry)),
    )
    .sort()
}

describe.each(publicPackages)('the names of %s', (name) => {
  test('come or go unnoticed', () => {
    expect(declaredNames(name)).toMatchSnapshot()
  })

  test('are declared and not there, or there and not declared', async () => {
    const module = (await import(pathToFileURL(join(packageFolder(name), 'dist/index.js')).href)) as object
    expect(Object.keys(module).sort()).toEqual(
      declaredNames(name).filter((entry) => !entry.startsWith('type ')),
    )
  })

  test.runIf(name !== 'cli')('are others in the CommonJS build', async () => {
    const module = (await import(pathToFileURL(join(packageFolder(name), 'dist/index.js')).href)) as object
    const load = createRequire(import.meta.url)
    const built: unknown = load(join(packageFolder(name), 'dist/cjs/index.js'))
    expect(Object.keys(Object(built)).sort()).toEqual(Object.keys(module).sort())
  })
})

test.each(['express', 'nestjs', 'next'] as const)(
  'a user of the %s package has to install core for a name',
  (adapter) => {
    const forAuthorsOfAdapters = [
      'createWidgetTokenHandler',
      'nodeRequestBody',
      'requestHost',
      'sendNodeAnswer',
      'splitWidgetTokenOptions',
      'type NodeRequest',
      'type NodeResponse',
      'type SubjectTokenContext',
      'type SubjectTokenEnvironment',
      'type WidgetTokenAdapter',
      'type WidgetTokenHandler',
      'type WidgetTokenHints',
      'type WidgetTokenInput',
      'type WidgetTokenOutput',
      'type WidgetTokenRequestHeader',
      'type WidgetTokenRequestHeaders',
      'widgetTokenEndpoint',
    ]
    const own = declaredNames(adapter)
    const missing = declaredNames('core').filter((name) => !own.includes(name))
    expect(missing).toEqual(forAuthorsOfAdapters)
  },
)
