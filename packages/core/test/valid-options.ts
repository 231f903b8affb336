import { type LimitStore, type TesouroTokensOptions, unsecuredSubjectToken } from '../src/index.js'

/** A widget secret in which every hex digit occurs. */
export const widgetSecret = '0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdefFEDCBA9876543210'

/** Options that nothing is wrong with, some of them replaced. */
export function validOptions(overrides: Partial<TesouroTokensOptions> = {}): TesouroTokensOptions {
  return {
    environment: 'sandbox',
    clientId: 'client-1',
    clientSecret: 'canary-client-secret-61f0',
    widgetSecret,
    subjectToken: unsecuredSubjectToken(),
    ...overrides,
  }
}

/** A limit store that lets everything pass. */
export const limitStore: LimitStore = {
  reserve: async () => ({ waitMs: 0 }),
  pause: async () => {},
  count: async () => ({ waitMs: 0 }),
}

/** The error of a call that must throw. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** The error of a promise that must reject. */
export async function rejectionOf(answer: unknown): Promise<unknown> {
  return Promise.resolve(answer).then(
    () => {
      throw new Error('nothing was rejected')
    },
    (error: unknown) => error,
  )
}
