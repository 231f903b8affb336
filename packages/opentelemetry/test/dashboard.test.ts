import { readFileSync } from 'node:fs'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TesouroTokensInstrumentation } from '../src/index.js'
import { Collected } from './collected.js'
import { walk } from './walk.js'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

/** The queries of a dashboard, wherever in it they stand. */
function queriesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    ['expr', 'query'].includes(name) && typeof member === 'string' ? [member] : queriesIn(member),
  )
}

/** Metrics and labels that a query names. Whether a pipeline adds units to names is left open by `(_seconds)?`. */
const namesIn = (query: string): string[] =>
  [...query.matchAll(/tesouro_tokens_[a-z_]+(\(_seconds\)\?)?[a-z_]*/g)].map(([name]) =>
    name.replace('(_seconds)?', ''),
  )

/** Labels by which a query sums or chooses. Prometheus itself makes some. */
const labelsIn = (query: string): string[] =>
  [...query.matchAll(/by \(([^)]*)\)|[{,](\w+)[!=]/g)]
    .flatMap(([, by = '', chosen = '']) => [...by.split(', '), chosen])
    .filter((label) => !['', '__name__', 'instance', 'job', 'le'].includes(label))

const dashboard = queriesIn(JSON.parse(read('examples/observability/dashboard.json')))
const page = [...read('docs/operations.md').matchAll(/`([^`]*tesouro_tokens_[^`]*)`/g)].map(
  ([, query = '']) => query,
)

describe('the queries that we print', () => {
  const known = new Set<string>()
  let instrumentation: TesouroTokensInstrumentation | undefined
  beforeAll(async () => {
    await using collected = new Collected()
    instrumentation = new TesouroTokensInstrumentation({ spans: false })
    instrumentation.setMeterProvider(collected.meterProvider)
    await walk(collected)
    const text = new PrometheusSerializer().serialize(await collected.metrics())
    for (const [name] of text.matchAll(/tesouro_tokens_\w+|\w+(?==")/g)) known.add(name)
  })
  afterAll(() => instrumentation?.disable())

  test.each([
    ['the dashboard', dashboard],
    ['docs/operations.md', page],
  ])('of %s ask for a metric or label that there is not', (_, queries) => {
    expect(queries.length).toBeGreaterThan(5)
    const missing = queries
      .flatMap((query) => [...namesIn(query), ...labelsIn(query)])
      .filter((name) => !known.has(name))
    expect(missing).toEqual([])
  })

  test('leave out a metric', () => {
    const shown = new Set(dashboard.flatMap(namesIn))
    const bases = [...known].filter((name) =>
      /^tesouro.*(_(total|bucket)|bypassed|waiting|difference)$/.test(name),
    )
    const kept = bases.filter((name) => shown.has(name) || shown.has(name.replace(/_bucket$/, '_count')))
    expect(bases.length).toBeGreaterThan(15)
    expect(kept).toEqual(bases)
  })
})
