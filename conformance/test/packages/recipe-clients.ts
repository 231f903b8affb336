/** What recipes in `docs` import that nothing else here needs: clients of key management services, and test runners. */
export const recipeClients: Readonly<Record<string, string>> = {
  '@aws-sdk/client-kms': '3.1164.0',
  '@azure/core-auth': '1.10.1', // the last that runs on Node 20
  '@azure/keyvault-keys': '4.10.2',
  '@google-cloud/kms': '5.6.0', // the last that runs on Node 20
  '@jest/globals': '30.5.2',
  '@playwright/test': '1.65.1',
  vitest: '4.1.12',
}

/** Whether a block of code can only be compiled where one of them is installed. */
export function usesRecipeClient({ code }: { code: string }): boolean {
  return Object.keys(recipeClients).some((name) => code.includes(`from '${name}'`))
}
