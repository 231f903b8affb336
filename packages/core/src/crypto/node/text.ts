import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'

/** The UTF-8 form of a text in base64url (RFC 4648 §5), without padding. */
export function encodeBase64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** SHA-256 of the UTF-8 form of a text, in hex. */
export function sha256Hex(text: string): string | Promise<string> {
  return createHash('sha256').update(text).digest('hex')
}
