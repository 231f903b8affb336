const convert = 'openssl pkcs8 -topk8 -nocrypt -in key.pem'

/** What the first line of a PEM file says it is (RFC 7468), and what to do about it. */
const labels: readonly [label: RegExp, text: string][] = [
  [
    /^RSA PRIVATE KEY$/,
    `is a PKCS1 key (BEGIN RSA PRIVATE KEY): PKCS8 is needed; convert it with ${convert}`,
  ],
  [
    /^EC (PRIVATE KEY|PARAMETERS)$/,
    `is a SEC1 key (BEGIN EC PRIVATE KEY): PKCS8 is needed; convert it with ${convert}`,
  ],
  [/^ENCRYPTED PRIVATE KEY$/, `is an encrypted key: decrypt it first, with ${convert}`],
  [/^OPENSSH PRIVATE KEY$/, 'is an OpenSSH key: PKCS8 is needed (BEGIN PRIVATE KEY)'],
  [/PUBLIC KEY$/, 'is a public key: the private one signs'],
  [/CERTIFICATE/, 'is a certificate: the private key that belongs to it signs'],
]

const lastLine = '-----END PRIVATE KEY-----'

/** Why a text is no private key in PEM; `undefined` when it looks like one. */
export function pemProblem(text: string): string | undefined {
  const pem = text.trim()
  if (pem === '') return 'is empty'
  if (pem.startsWith('{')) return 'is JSON text: parse it first, and give the JWK as an object'
  if (/^["']/.test(pem)) return 'is in quotes: take them off'
  if (pem.includes('\\n')) return String.raw`holds \n as two characters where line breaks belong`
  const [, before = '', label] = /^([\s\S]*?)-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem) ?? []
  if (label === undefined) return 'is no PEM text: it must begin with -----BEGIN PRIVATE KEY-----'
  const known = labels.find(([pattern]) => pattern.test(label))
  if (known !== undefined) return known[1]
  if (label !== 'PRIVATE KEY') return 'is PEM of something else: -----BEGIN PRIVATE KEY----- is needed'
  if (before !== '') return 'has text before -----BEGIN PRIVATE KEY-----: give only that block'
  const end = pem.indexOf(lastLine)
  if (end === -1) return 'is cut off: its last line is missing'
  if (end + lastLine.length < pem.length) return `has text after ${lastLine}: give only that block`
  return undefined
}
