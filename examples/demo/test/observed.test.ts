import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { startStage } from '../src/stage.js'
import { walk } from '../src/walk/walk.js'

interface Observed {
  spans: { name: string; parent: string; links: string[]; attributes: Record<string, unknown> }[]
  metrics: { name: string; unit: string; attributes: Record<string, unknown>[] }[]
}

const observe = fileURLToPath(new URL('world/observe.mjs', import.meta.url))
const namesOf = (attributes: object[]): string =>
  [...new Set(attributes.flatMap(Object.keys))].sort().join(', ')

/** The walk of `npm run demo -- express --once`, with OpenTelemetry in the process of the example. */
async function observedWalk(): Promise<Observed> {
  const lines: string[] = []
  const before = process.env.NODE_OPTIONS
  process.env.NODE_OPTIONS = `--import=${observe}`
  const stage = await startStage({
    example: 'express',
    usualPorts: false,
    onPlatformLine: () => {},
    onExampleLine: (line) => lines.push(line),
  }).finally(() => {
    if (before === undefined) delete process.env.NODE_OPTIONS
    else process.env.NODE_OPTIONS = before
  })
  const passed = await walk(stage, lines)
  await stage.close()
  if (!passed) throw new Error('the walk went wrong: its step is printed above')
  const told = lines.find((line) => line.startsWith('{"observed":'))
  return JSON.parse(told ?? 'null').observed
}

describe('a walk through the Express demo', () => {
  let observed: Observed
  beforeAll(async () => {
    observed = await observedWalk()
  })

  it('has a metric more or less, or one with another name or unit', () => {
    const told = observed.metrics.map(
      ({ name, unit, attributes }) => `${name} in ${unit}: ${namesOf(attributes)}`,
    )
    expect(told.sort()).toMatchSnapshot()
  })

  it('has a span more or less, or one that stands under another', () => {
    const told = observed.spans.map(({ name, parent, links, attributes }) => {
      const from = links.map((link) => `, linked to ${link}`).join('')
      return `${name} under ${parent}${from}: ${namesOf([attributes])}`
    })
    expect([...new Set(told)].sort()).toMatchSnapshot()
  })

  it('shows in a span or metric who walked, or with what', () => {
    const shown = JSON.stringify(observed)
    expect(shown).toContain('tesouro_tokens.exchange')
    expect(shown).not.toMatch(/u_ana|u_bruno|@bank|eyJ|secret/)
  })
})
