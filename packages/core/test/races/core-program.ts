import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { build, type Plugin } from 'esbuild'
import type * as core from '../../src/index.js'
import type { Random } from './random.js'
import type { SimulatedTime, Timer } from './simulated-time.js'

export type Core = typeof core

/** What a simulated process has instead of the runtime's own. Taken anew for every order of events. */
export interface Surroundings {
  time: SimulatedTime
  random: Random
}

/** A copy of core that runs as a process of its own, with its own modules, timers and random numbers. */
export interface CoreProcess {
  readonly name: string
  readonly core: Core
  surroundings: Surroundings | undefined
}

/** A change of one place in the source, made in the copy that is explored. */
export interface SourceChange {
  /** Stands once in all the sources, wherever that is. */
  before: string
  after: string
  /** Another place that the same promise stands on. */
  and?: SourceChange
}

const src = join(import.meta.dirname, '../../src')

/** Bundles core from its sources, changed where that is asked for. */
export async function bundleCore(change?: SourceChange): Promise<string> {
  const changing = change && new Changing(change)
  const result = await build({
    entryPoints: [join(src, 'index.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    conditions: ['@tesouro-tokens/source', 'node'],
    plugins: changing === undefined ? [] : [changing.plugin],
    logLevel: 'silent',
  })
  changing?.check()
  const [file] = result.outputFiles
  if (file === undefined) throw new Error('esbuild gave nothing')
  return file.text
}

/** Makes a change while files are loaded, and counts its places. */
class Changing {
  readonly plugin: Plugin
  readonly #places = new Map<SourceChange, number>()

  constructor(change: SourceChange) {
    for (let each: SourceChange | undefined = change; each !== undefined; each = each.and) {
      this.#places.set(each, 0)
    }
    this.plugin = {
      name: 'change',
      setup: (building) => {
        building.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
          if (!path.startsWith(src)) return undefined
          return { contents: this.#changed(await readFile(path, 'utf8')), loader: 'ts' }
        })
      },
    }
  }

  check(): void {
    for (const [{ before }, places] of this.#places) {
      if (places !== 1) throw new Error(`what is to be changed stands at ${places} places: ${before}`)
    }
  }

  #changed(source: string): string {
    let changed = source
    for (const [change, places] of this.#places) {
      const parts = changed.split(change.before)
      this.#places.set(change, places + parts.length - 1)
      changed = parts.join(change.after)
    }
    return changed
  }
}

/** Operations of WebCrypto that are under way: they end in a thread of their own, whatever the explorer decides. */
export const webCrypto = { underWay: 0 }

/** Starts a bundle as one process. */
export function startProcess(name: string, bundle: string): CoreProcess {
  const given = globalsOf(() => {
    if (process.surroundings === undefined) throw new Error(`${name} runs although nothing is explored`)
    return process.surroundings
  }, name)
  const module: { exports: unknown } = { exports: {} }
  const names = ['module', 'exports', 'require', ...Object.keys(given)]
  const run = compileFunction(bundle, names, { filename: `core-of-${name}.cjs` })
  run(module, module.exports, createRequire(import.meta.url), ...Object.values(given))
  if (!isCore(module.exports)) throw new Error('the bundle is not core')
  const process: CoreProcess = { name, core: module.exports, surroundings: undefined }
  return process
}

function isCore(value: unknown): value is Core {
  return typeof value === 'object' && value !== null && 'createTesouroTokens' in value
}

function globalsOf(current: () => Surroundings, name: string): { readonly [name: string]: unknown } {
  const timer =
    (repeats: boolean) =>
    (run: () => void, ms = 0): Timer =>
      current().time.start(name, run, ms, repeats)
  const stop = (started: Timer | undefined): void => current().time.stop(started)
  return {
    setTimeout: timer(false),
    setInterval: timer(true),
    clearTimeout: stop,
    clearInterval: stop,
    // Goes with the timers: how late they come on this machine must not decide anything.
    performance: { now: () => current().time.now },
    Math: Object.create(Math, { random: { value: () => current().random.next() } }),
    crypto: {
      randomUUID: () => current().random.uuid(),
      getRandomValues: <Bytes extends Uint8Array>(bytes: Bytes) => crypto.getRandomValues(bytes),
      subtle: counted(crypto.subtle),
    },
  }
}

function counted(subtle: object): unknown {
  return new Proxy(subtle, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const work: unknown = Reflect.apply(value, target, args)
        if (!(work instanceof Promise)) return work
        webCrypto.underWay += 1
        const over = (): void => {
          webCrypto.underWay -= 1
        }
        work.then(over, over)
        return work
      }
    },
  })
}
