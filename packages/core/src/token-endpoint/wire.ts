// What speaks to the token endpoint, with the libraries that it takes: loaded when something is first sent. A process
// that only mints, and one that starts for a single request, should not pay for it.
export { toGrant } from './answer.js'
export { PlatformRequests, readRevocation, readToken } from './request.js'
