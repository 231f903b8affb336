import { tokens, userOf } from '../../../lib/tesouro.js'

export async function GET(request) {
  return new Response(await globalThis.listening.accountsOf(tokens, userOf(request)))
}
