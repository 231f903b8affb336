import { Buffer } from 'node:buffer'
import { type CompactJWEHeaderParameters, compactDecrypt } from 'jose'
import { widgetSecret } from '../valid-options.js'

/** Opens a widget token as the platform would: with the widget secret's 32 bytes. */
export async function openWidgetToken(
  token: string,
  secret: string = widgetSecret,
): Promise<{ payload: { [name: string]: unknown }; protectedHeader: CompactJWEHeaderParameters }> {
  const { plaintext, protectedHeader } = await compactDecrypt(token, Buffer.from(secret, 'hex'), {
    keyManagementAlgorithms: ['A256KW'],
    contentEncryptionAlgorithms: ['A256GCM'],
  })
  return { payload: JSON.parse(new TextDecoder().decode(plaintext)), protectedHeader }
}
