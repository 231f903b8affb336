import { markOf } from '../../../../lib/mark.js'
import { userOf } from '../../../../lib/user.js'

export const GET = async ({ cookies }) => Response.json({ mark: await markOf(userOf(cookies)) })
