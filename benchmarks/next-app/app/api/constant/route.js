import { constantAnswer } from '../../../../dist/src/endpoint/session.js'

export async function POST(request) {
  await request.json()
  return Response.json(constantAnswer)
}
