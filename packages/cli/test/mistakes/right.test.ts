import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { doctor, folder } from '../run.js'
import { right } from './right.js'

beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))
afterAll(() => void vi.restoreAllMocks())

test.each(right)('a false alarm: $name', async ({ setUp }) => {
  const { args = [], env = {}, files = {}, terminal } = await setUp()
  const { report, code } = await doctor(args, { env, cwd: await folder(files), ...terminal })
  expect(report.checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([])
  expect(code).toBe(0)
})
