import { markOf } from '../../../../lib/mark.js'
import { clock } from '../../../../lib/tesouro.js'
import { userOf } from '../../../../lib/user.js'

export const runtime = 'edge'

export const GET = async ({ cookies, nextUrl }) => {
  clock.move(Number(nextUrl.searchParams.get('offset') ?? 0))
  return Response.json({ mark: await markOf(userOf(cookies)) })
}
