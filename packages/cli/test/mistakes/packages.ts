import { envWith, type Mistake } from './mistake.js'

const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, ...more })
const ours = 'node_modules/@tesouro-tokens'

/** An application with core and an adapter that needs it in a range. */
export const adapterFor = (range: string, core = '1.4.0'): { readonly [path: string]: string } => ({
  'package.json': manifest('app', '1.0.0'),
  [`${ours}/core/package.json`]: manifest('@tesouro-tokens/core', core),
  [`${ours}/express/package.json`]: manifest('@tesouro-tokens/express', '1.0.0', {
    dependencies: { '@tesouro-tokens/core': range, unknown: '^9.0.0' },
    peerDependencies: { '@types/express': '^9.0.0' },
  }),
  'node_modules/@types/express/package.json': manifest('@types/express', '5.0.0'),
})

/** What is installed. */
export const packages: readonly Mistake[] = [
  ...[
    ['~1.3.0', '1.4.0'],
    ['1.4.1', '1.4.2'],
    ['>=1.5.0', '1.4.0'],
    ['^0.3.0', '0.4.0'],
    ['^0.0.3', '0.0.4'],
    ['^0.0.0', '0.0.1'],
    ['~1.4.2', '2.4.2'],
  ].map(([range = '', core = '']) => ({
    name: `core ${core} for an adapter that needs ${range}`,
    setUp: () => ({ files: adapterFor(range, core) }),
    id: 'packages',
    status: 'fail' as const,
    found: new RegExp(`needs @tesouro-tokens/core [^ ]+, and finds ${core}$`),
  })),
  {
    name: 'two copies of core',
    setUp: async () => ({
      env: await envWith(),
      files: {
        'package.json': manifest('app', '1.0.0'),
        [`${ours}/core/package.json`]: manifest('@tesouro-tokens/core', '1.4.0'),
        [`${ours}/express/package.json`]: manifest('@tesouro-tokens/express', '1.0.0', {
          dependencies: { '@tesouro-tokens/core': '^1.0.0' },
        }),
        [`${ours}/express/${ours}/core/package.json`]: manifest('@tesouro-tokens/core', '1.2.0'),
      },
    }),
    id: 'packages',
    status: 'fail',
    found: /2 copies of @tesouro-tokens\/core.*1\.4\.0.*1\.2\.0/,
    todo: /npm dedupe/,
  },
  {
    name: 'an adapter that needs another core',
    setUp: async () => ({
      env: await envWith(),
      files: {
        'package.json': manifest('app', '1.0.0'),
        [`${ours}/core/package.json`]: manifest('@tesouro-tokens/core', '1.4.0'),
        [`${ours}/express/package.json`]: manifest('@tesouro-tokens/express', '2.0.0', {
          dependencies: { '@tesouro-tokens/core': '^2.0.0' },
        }),
      },
    }),
    id: 'packages',
    status: 'fail',
    found: /express 2\.0\.0 needs @tesouro-tokens\/core \^2\.0\.0, and finds 1\.4\.0/,
  },
  {
    name: 'a framework that the adapter does not know',
    setUp: async () => ({
      env: await envWith(),
      files: {
        'package.json': manifest('app', '1.0.0'),
        'node_modules/express/package.json': manifest('express', '3.21.2'),
        [`${ours}/core/package.json`]: manifest('@tesouro-tokens/core', '1.4.0'),
        [`${ours}/express/package.json`]: manifest('@tesouro-tokens/express', '1.0.0', {
          peerDependencies: { express: '^4.18.0 || ^5.0.0' },
        }),
      },
    }),
    id: 'packages',
    status: 'fail',
    found: /needs express \^4\.18\.0 \|\| \^5\.0\.0, and finds 3\.21\.2/,
  },
]
