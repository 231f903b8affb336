import { constantAnswer } from '../../../../dist/src/endpoint/session.js'

export function POST() {
  return Response.json(constantAnswer)
}
