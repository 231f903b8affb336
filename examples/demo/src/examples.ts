import { fileURLToPath } from 'node:url'

interface Example {
  /** What it is made with, as the page names it. */
  framework: string
  /** What Node runs, in the example's folder: a built file, and what follows it on the command line. */
  command: readonly [file: string, ...args: string[]]
}

/** The examples that can be shown. Each is in the folder of its name, and reads `PORT`. */
export const examples = {
  express: { framework: 'Express', command: ['dist/server.js'] },
  next: {
    framework: 'Next.js',
    command: ['node_modules/next/dist/bin/next', 'start', '--hostname', '127.0.0.1'],
  },
  nestjs: { framework: 'NestJS', command: ['dist/main.js'] },
} as const satisfies Record<string, Example>

export type ExampleName = keyof typeof examples
export const exampleNames = Object.keys(examples) as readonly ExampleName[]

export const folderOf = (example: ExampleName): string =>
  fileURLToPath(new URL(`../../${example}/`, import.meta.url))
