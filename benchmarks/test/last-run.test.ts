import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { toChart } from '../src/report/chart.js'
import { toJson, withTables } from '../src/report/publish.js'
import type { Report } from '../src/report/report.js'

const read = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), 'utf8')

test('the page about performance, the chart and the numbers are of different runs', async () => {
  const json = await read('results/last-run.json')
  const report: Report = JSON.parse(json)
  expect(toJson(report)).toBe(json)
  const page = await read('../docs/performance.md')
  expect(withTables(page, report)).toBe(page)
  expect(toChart(report)).toBe(await read('results/last-run.svg'))
})
