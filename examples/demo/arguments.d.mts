export type ExampleName = 'express' | 'next' | 'nestjs' | 'fleet'
export const exampleNames: readonly ExampleName[]
export const help: string
export function readArguments(args: readonly string[]): { example: ExampleName; once: boolean; help: boolean }
