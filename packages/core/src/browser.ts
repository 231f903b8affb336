throw new Error(
  '@tesouro-tokens/core was imported for a browser. It holds the client secret and runs on the server alone. ' +
    'In the page, ask your own endpoint for a widget token. In a test, choose the server build: ' +
    "with jest's jsdom environment set testEnvironmentOptions: { customExportConditions: ['node'] }, " +
    "with vitest resolve.conditions: ['node'].",
)
