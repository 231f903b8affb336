import type { TesouroUser } from '@tesouro-tokens/next'
import type { NextApiRequest, NextApiResponse } from 'next'

/** Stands for the application's own session, where it wants request and response. */
export async function userOf(
  _request: NextApiRequest,
  _response: NextApiResponse,
): Promise<TesouroUser | null> {
  return null
}
