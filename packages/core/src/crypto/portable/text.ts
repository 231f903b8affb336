import { encode } from 'jose/base64url'

/** The UTF-8 form of a text in base64url (RFC 4648 §5), without padding. */
export function encodeBase64url(text: string): string {
  return encode(text)
}

/** SHA-256 of the UTF-8 form of a text, in hex. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
