import { tokens } from './tesouro.js'

/** Enough of a user's access token to see whether it is the same one, and of no use for anything else. */
export async function markOf(user) {
  const { accessToken } = await tokens.getUserAccessToken(user)
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(accessToken))
  return Buffer.from(digest).toString('hex').slice(0, 16)
}
