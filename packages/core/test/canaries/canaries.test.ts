import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import * as errors from '../../src/errors.js'
import { scenarios } from './scenarios/index.js'
import { secretsIn } from './search.js'
import { isErrorClass, made, sitesInSource } from './sites.js'
import { type Scenarios, Stage } from './stage.js'

vi.mock('../../src/errors.js', async (original) => {
  const { recordingErrors } = await import('./sites.js')
  return recordingErrors(await original<typeof errors>())
})

const stage = new Stage()
const classes = new Set(Object.keys(errors).filter((name) => isErrorClass(Reflect.get(errors, name))))
const consoleMethods = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'] as const

const broken: Error[] = []

async function playAll(area: string, play: Scenarios): Promise<void> {
  for (const [name, scenario] of Object.entries(play)) {
    try {
      await scenario(stage)
    } catch (cause) {
      broken.push(new Error(`${area}: ${name}`, { cause }))
    }
  }
}

beforeAll(async () => {
  Error.stackTraceLimit = 50
  // in development the default of `onError` prints what the application's own functions throw
  vi.stubEnv('NODE_ENV', 'production')
  const spies = consoleMethods.map((method) =>
    vi
      .spyOn(console, method)
      .mockImplementation((...said: unknown[]) => stage.show(`console.${method}`, said)),
  )
  const streams = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((said) => {
      stage.show(name, said)
      return true
    }),
  )
  try {
    await Promise.all(Object.entries(scenarios).map(([area, play]) => playAll(area, play)))
    await stage.close()
  } finally {
    for (const spy of [...spies, ...streams]) spy.mockRestore()
  }
})

afterAll(() => {
  Error.stackTraceLimit = 10
  vi.unstubAllEnvs()
})

it('every scenario ends as it has to', () => {
  expect(broken).toEqual([])
})

it('every place in the source that makes an error was reached with secrets in play', () => {
  const listed = sitesInSource(classes)
  const reached = new Set(made.map(({ stack }) => stack[0]))
  const onTheWay = new Set(made.flatMap(({ stack }) => stack))
  const missing = [
    ...[...listed.made].filter((site) => !reached.has(site)),
    ...[...listed.helperCalls].filter((site) => !onTheWay.has(site)),
  ]
  expect(classes.size).toBe(11)
  expect(listed.made.size).toBeGreaterThan(60)
  expect(missing, 'places that make an error, without a scenario that reaches them').toEqual([])
  expect([...listed.other], 'uses of an error class that hide where errors are made').toEqual([])
  expect(
    [...reached].filter((site) => site === undefined || !listed.made.has(site)),
    'errors made at places that the list does not know',
  ).toEqual([])
  expect(new Set(made.map(({ error }) => error.name)), 'classes of which no error was made').toEqual(classes)
})

it('no error shows anything of a secret', () => {
  const leaks = made.flatMap(({ error, stack }) =>
    secretsIn(error).map((name) => `${name} from ${stack.slice(0, 3).join(', called at ')}`),
  )
  expect([...new Set(leaks)]).toEqual([])
})

it.each([
  ['what a call threw', /^thrown$/],
  ['an event', /^event /],
  ['a diagnostics channel', /^diagnostics channel /],
  ['the console, stdout or stderr', /^(console|stdout|stderr)/],
  ['an answer of the endpoint', /^response/],
  ['what onError was told', /^onError/],
  ['a request line', /^request line$/],
  ['the tokens themselves', /^tokens$/],
])('nothing of a secret is in %s', (_, where) => {
  const seen = stage.evidence.filter((evidence) => where.test(evidence.where))
  expect(seen.length).toBeGreaterThan(0)
  const searched = new Set<unknown>(made.map(({ error }) => error))
  const unsearched = seen.filter(({ value }) => !searched.has(value))
  const leaks = unsearched.map((evidence) => ({ ...evidence, shows: secretsIn(evidence.value) }))
  expect(leaks.filter(({ shows }) => shows.length > 0)).toEqual([])
})
