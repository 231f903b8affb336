import { fileURLToPath } from 'node:url'
import type { ExampleName } from '../arguments.mjs'

export interface Example {
  /** What it is made with, as the page names it. */
  framework: string
  folder: string
  /** What Node runs, in the example's folder: a built file, and what follows it on the command line. */
  command: readonly [file: string, ...args: string[]]
  /** How many of it run, over one Redis. Default one, without. */
  processes?: number
}

/** What can be shown. Each reads `PORT`. */
export const examples = {
  express: { framework: 'Express', folder: 'express', command: ['dist/server.js'] },
  next: {
    framework: 'Next.js',
    folder: 'next',
    command: ['node_modules/next/dist/bin/next', 'start', '--hostname', '127.0.0.1'],
  },
  nestjs: { framework: 'NestJS', folder: 'nestjs', command: ['dist/main.js'] },
  fleet: { framework: 'Express', folder: 'express', command: ['dist/server.js'], processes: 3 },
} as const satisfies Record<ExampleName, Example>

export type { ExampleName }

export const exampleOf = (name: ExampleName): Example => examples[name]

export const folderOf = ({ folder }: Example): string =>
  fileURLToPath(new URL(`../../${folder}/`, import.meta.url))
