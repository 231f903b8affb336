// Edge and worker runtimes: the process may stop as soon as the response is sent.
export { eventChannel, outsideAsyncContext, workChannel } from './portable.js'

export const runsInBackground: boolean = false
