export function builtInWords(output: string, seconds: string): string
