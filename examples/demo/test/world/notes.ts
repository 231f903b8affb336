// What Chromium itself notes in the console about requests that are refused on purpose.

const mintUrl = 'APP/api/tesouro/widget-token'
const noHeader = `No 'Access-Control-Allow-Origin' header is present on the requested resource. @ NEIGHBOUR/`
const blocked = `error: Access to fetch at '${mintUrl}' from origin 'NEIGHBOUR' has been blocked by CORS policy:`

export const status403: string = `error: Failed to load resource: the server responded with a status of 403 (Forbidden) @ ${mintUrl}`
const failed = `error: Failed to load resource: net::ERR_FAILED @ ${mintUrl}`

/** A page of another origin asks with a preflight. */
export const preflightRefused: readonly string[] = [
  `${blocked} Response to preflight request doesn't pass access control check: ${noHeader}`,
  failed,
]
/** A page of another origin asks without one, and may not read the answer. */
export const answerHidden: readonly string[] = [`${blocked} ${noHeader}`, failed]

/** The first screen attacks without a session. A page asks once more before it has heard that its session ended. */
export const sessionOver: readonly string[] = ['APP/api/accounts', mintUrl].map(
  (url) =>
    `error: Failed to load resource: the server responded with a status of 401 (Unauthorized) @ ${url}`,
)

/** "Expire my access token" expires those of widgets too, and one may be on its way. */
export const widgetExpired: readonly string[] = [
  'error: Failed to load resource: the server responded with a status of 401 (Unauthorized) @ PLATFORM/embedded-banking/v1/bank-accounts?limit=10',
]
