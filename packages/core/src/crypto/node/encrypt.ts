import { Buffer } from 'node:buffer'
import { createCipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto'
import { type ContentEncryption, type JweEncrypter, jweAlgorithms } from '../jwe-encrypter.js'
import { createJweEncrypter as createPortableEncrypter } from '../portable/encrypt.js'

/** RFC 3394 §2.2.3.1. */
const wrapIv = new Uint8Array(8).fill(0xa6)

/**
 * Makes an encrypter for a key of 32 bytes that costs what OpenSSL costs: no promise, no other thread. The key is
 * imported once; the content encryption key and the initialization vector are drawn from the system's generator for
 * every token.
 *
 * @param members further members of the protected header, such as `kid`
 * @param draw what to encrypt with instead, so that a test can compare
 */
export function createJweEncrypter(
  key: Uint8Array<ArrayBuffer>,
  members: Readonly<Record<string, string>> = {},
  draw?: () => ContentEncryption,
): JweEncrypter {
  const wrap = createKeyWrap(createSecretKey(key))
  // What was bundled for Node can run elsewhere.
  if (wrap === undefined) return createPortableEncrypter(key, members, draw)
  const drawn = draw ?? createDraw()
  const headerWith = (own?: Readonly<Record<string, string>>): string =>
    Buffer.from(JSON.stringify({ ...jweAlgorithms, ...members, ...own })).toString('base64url')
  const commonHeader = headerWith()
  // RFC 7516 §5.1, step 14: the protected header, as it is sent, is authenticated too.
  const commonAuthenticated = Buffer.from(commonHeader)

  return (plaintext, own) => {
    const header = own === undefined ? commonHeader : headerWith(own)
    const { contentKey, iv } = drawn()
    const wrappedKey = wrap(contentKey).toString('base64url')
    const cipher = createCipheriv('aes-256-gcm', contentKey, iv)
    cipher.setAAD(own === undefined ? commonAuthenticated : Buffer.from(header))
    const ciphertext = cipher.update(plaintext, 'utf8', 'base64url') + cipher.final('base64url')
    const tag = cipher.getAuthTag().toString('base64url')
    return `${header}.${wrappedKey}.${text(iv)}.${ciphertext}.${tag}`
  }
}

function tryTo<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

/**
 * RFC 3394 chains nothing from one key to the next, so that one cipher wraps them all, and making one costs as much as
 * wrapping. Node does not promise that a cipher goes on after its first block: where it does not, each key gets its own.
 * `undefined` where this runtime's crypto library has no key wrap, as those of Bun, Deno and Electron.
 */
function createKeyWrap(key: KeyObject): ((contentKey: Uint8Array) => Buffer) | undefined {
  const create = (): ReturnType<typeof createCipheriv> => createCipheriv('id-aes256-wrap', key, wrapIv)
  const cipher = tryTo(create)
  if (cipher === undefined) return undefined
  try {
    cipher.update(Buffer.alloc(32, 1))
    const probe = Buffer.alloc(32, 2)
    if (cipher.update(probe).equals(create().update(probe))) return (contentKey) => cipher.update(contentKey)
  } catch {
    // the same answer as a wrong result
  }
  return (contentKey) => create().update(contentKey)
}

/**
 * One call to the generator for every token. The memory is the same each time, so that no copy of a content key
 * outlives the next token: nothing awaits between drawing and encrypting.
 */
function createDraw(): () => ContentEncryption {
  const drawn = Buffer.alloc(44)
  const parts = { contentKey: drawn.subarray(0, 32), iv: drawn.subarray(32) }
  return () => {
    randomFillSync(drawn)
    return parts
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}
