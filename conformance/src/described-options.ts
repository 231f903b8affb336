import * as z from 'zod/mini'
import { encryptedTokenCacheShape } from '../../packages/core/src/cache/encrypted-token-cache.js'
import { layeredTokenCacheShape } from '../../packages/core/src/cache/layered-token-cache.js'
import { memoryTokenCacheShape } from '../../packages/core/src/cache/memory-token-cache.js'
import { optionShape, timeoutShape } from '../../packages/core/src/configuration/schema.js'
import { widgetTokenShape } from '../../packages/core/src/http/check-options.js'
import { signedSubjectTokenShape } from '../../packages/core/src/subject-token/signed-schema.js'
import { limitStoreShape, tokenCacheShape } from '../../packages/redis/src/read-options.js'
import { flags } from '../../packages/sandbox/src/command/flags.js'
import { sandboxClientShape, sandboxShape } from '../../packages/sandbox/src/settings.js'
import { sandboxAccountShape, sandboxUserShape } from '../../packages/sandbox/src/users/declared.js'
import { docstringsOf } from './docstrings.js'

/** What the schema says of one option. */
export interface DescribedOption {
  readonly name: string
  /** The option's docstring and its row in a table begin with these words. */
  readonly description: string
  /** What holds where the option is absent, as the second column of a table has it. */
  readonly absent: string
}

/** A table of options, and the interface with the same options in its package. */
export interface DescribedOptions {
  readonly name: string
  /** The interfaces in which editors show the options, each with its file. */
  readonly interfaces: readonly { readonly file: string; readonly name: string }[]
  readonly pages: readonly string[]
  readonly options: readonly DescribedOption[]
}

const corePages = ['packages/core/README.md']
const endpointPages = ['core', 'express', 'next', 'nestjs'].map((name) => `packages/${name}/README.md`)
const redisPages = ['packages/redis/README.md']
const sandboxPages = ['packages/sandbox/README.md']

/** Every options object that has a schema. */
export const describedOptions: readonly DescribedOptions[] = [
  table('TesouroTokensOptions', 'core/src/configuration/options.ts', corePages, optionShape),
  table('TesouroTimeouts', 'core/src/configuration/options.ts', corePages, timeoutShape),
  table('WidgetTokenOptions', 'core/src/http/options.ts', endpointPages, widgetTokenShape),
  table(
    'SignedSubjectTokenOptions',
    {
      SignedSubjectTokenOptions: 'core/src/subject-token/signed-options.ts',
      ExternallySignedSubjectTokenOptions: 'core/src/subject-token/signed-options.ts',
      IssuerOptions: 'core/src/subject-token/claims.ts',
    },
    ['docs/subject-tokens.md'],
    signedSubjectTokenShape,
  ),
  table('MemoryTokenCacheOptions', 'core/src/cache/memory-token-cache.ts', corePages, memoryTokenCacheShape),
  table(
    'LayeredTokenCacheOptions',
    'core/src/cache/layered-token-cache.ts',
    corePages,
    layeredTokenCacheShape,
  ),
  table(
    'EncryptedTokenCacheOptions',
    'core/src/cache/encrypted-token-cache.ts',
    corePages,
    encryptedTokenCacheShape,
  ),
  table('RedisTokenCacheOptions', 'redis/src/options.ts', redisPages, tokenCacheShape),
  table('RedisLimitStoreOptions', 'redis/src/options.ts', redisPages, limitStoreShape),
  table('StartSandboxOptions', 'sandbox/src/options.ts', sandboxPages, sandboxShape),
  table('SandboxClient', 'sandbox/src/options.ts', sandboxPages, sandboxClientShape),
  table('SandboxUser', 'sandbox/src/users/declared.ts', sandboxPages, sandboxUserShape),
  table('SandboxAccount', 'sandbox/src/users/declared.ts', sandboxPages, sandboxAccountShape),
  unchecked('WidgetTokenOptions', 'browser/src/options.ts'),
  unchecked('KeepWidgetTokenOptions', 'browser/src/options.ts'),
  unchecked('TesouroTokensInstrumentationConfig', 'opentelemetry/src/instrumentation.ts'),
  unchecked('TesouroTokensModuleExtras', 'nestjs/src/options.ts'),
  {
    name: 'flags of the sandbox',
    interfaces: [],
    pages: sandboxPages,
    options: Object.entries(flags).map(([name, { description, absent }]) => ({
      name: `--${name}`,
      description,
      absent,
    })),
  },
]

function table(
  name: string,
  files: string | Readonly<Record<string, string>>,
  pages: readonly string[],
  shape: { readonly [option: string]: z.core.$ZodType },
): DescribedOptions {
  const options = Object.entries(shape).map(([option, schema]) => {
    const { description = '', absent, unit } = { ...z.globalRegistry.get(schema) }
    return { name: option, description, absent: String(absent ?? defaultOf(schema, unit)) }
  })
  const interfaces = Object.entries(typeof files === 'string' ? { [name]: files } : files)
  return {
    name,
    interfaces: interfaces.map(([name, file]) => ({ name, file: `packages/${file}` })),
    pages,
    options,
  }
}

/** Options of a package without zod: the docstring says what a schema says elsewhere, and its README is held to that. */
function unchecked(name: string, path: string): DescribedOptions {
  const file = `packages/${path}`
  return {
    name: `${name} of ${path.split('/')[0]}`,
    interfaces: [{ file, name }],
    pages: [`packages/${path.split('/')[0]}/README.md`],
    options: [...docstringsOf(file, name)].map(([option, { text, optional }]) => ({
      name: option,
      description: /^[^.;]+/.exec(text)?.[0] ?? '',
      absent: /\bDefault:? ([^.;]+)/.exec(text)?.[1] ?? (optional ? 'none' : 'required'),
    })),
  }
}

/** A schema's default, as tables write it: `5,000 ms`, or code. */
function defaultOf(schema: z.core.$ZodType, unit: unknown): string {
  const value = fallbackOf(schema)
  if (typeof value === 'number') return [value.toLocaleString('en-US'), unit].filter(Boolean).join(' ')
  if (typeof value !== 'object') return `\`${String(value)}\``
  const members = Object.entries({ ...value }).map(([member, own]) => `${member}: ${String(own)}`)
  return `\`{ ${members.join(', ')} }\``
}

function fallbackOf(schema: z.core.$ZodType): unknown {
  return schema._zod.def.type === 'default' ? Reflect.get(schema._zod.def, 'defaultValue') : undefined
}
