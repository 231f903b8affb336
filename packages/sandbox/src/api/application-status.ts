import { type Answer, jsonAnswer } from '../http/answer.js'

export const applicationStatusPath = '/embedded-banking/v1/application-status'

/** What the widget reads before its shell renders: nobody has applied for anything here. */
export function applicationStatus(): Answer {
  return jsonAnswer(200, { applications: [] })
}
