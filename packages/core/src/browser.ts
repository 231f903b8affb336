// What a bundler finds when it builds core for a browser. Bundlers evaluate nothing, so a module that only throws
// would get through the build: this import fails to resolve, and every bundler prints what it could not resolve.
// A star export, so that no bundler stops earlier, at a name that this file does not export.
// No colon in it: Turbopack would take what stands before it for a scheme.
// @ts-expect-error nothing has this name, on purpose
export * from 'tesouro-tokens runs on the server only, because it holds your secrets. In the page, ask your own endpoint for a widget token. In a test, choose the node environment.'

// For whatever puts something else in the missing module's place.
throw new Error(
  '@tesouro-tokens/core was imported for a browser. It holds the client secret and runs on the server alone. ' +
    'In the page, ask your own endpoint for a widget token. In a test, choose the node environment: ' +
    "in jest and vitest, by a comment at the top of the file, '@jest-environment node' or '@vitest-environment node'.",
)
