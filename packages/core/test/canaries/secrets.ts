import { Buffer } from 'node:buffer'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import type { TesouroUser } from '../../src/index.js'

// One value of its own for every secret and for every part of a user, so that a hit names what was given away.
// Their characters are those that each encoding treats differently; no run of twelve occurs in any message.

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A JWT that nobody can check the signature of. */
export function jwt(claims: object, header: object = { alg: 'ES256' }, signature = 'sIg'): string {
  return `${segment(header)}.${segment(claims)}.${signature}`
}

export const sub = 'Sb1|xK7q~Vw3+Zr9/Lt5%Hn2'
export const email = 'Em4.Qj8w_Tz6.Yb2@Rk9v.Np3x.example'

/** 2100: later than any clock here. */
const exp = 4_102_444_800

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const signingKeyPem = String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }))
export const signingKeyJwk = createPrivateKey(signingKeyPem).export({ format: 'jwk' }) as {
  kty: 'EC'
  crv: string
  x: string
  y: string
  d: string
}

export const secrets = {
  clientSecret: 'Cs5~kV7q/Zt+3Lw%9Xc&Rp2=Mn8:Bd4',
  widgetSecret: '9c27d1f4e8a35b60c1f7249be3d805a6f2c94e17b8603dda5e41c7f0932b6d8e',
  signingKey: signingKeyJwk.d,
  signingKeyPem: signingKeyPem.split('\n').slice(1, -2).join(''),
  ownSubjectToken: jwt({ sub, email, exp }, { alg: 'ES256' }, 'Ow7-mG4xQe2_Zk9vTb6wRp3nLc8y'),
  providersSubjectToken: jwt({ sub, email, exp }, { alg: 'RS256' }, 'Pv3_Jh8sXn5-Wd2kVm7qTr4bFz9c'),
  accessToken: 'At8.Wq3~Ng6-Yx1_Kb5+Vs9/Tm2=',
  appToken: 'Ap2.Hd7~Rz4-Lf9_Qc3+Xj6/Gw8=',
  tokenFromElsewhere: 'Te6.Bv1~Mk8-Pt3_Zn7+Hs4/Dy9=',
  actorToken: 'Ac9.Fs4~Xw1-Jd6_Rn8+Kp3/Vb7=',
  claim: 'Cl3.Tj9~Hm2-Wq7_Ys5+Bx4/Nc8=',
  tenant: 'Tn7.Zg2~Qs9-Kv4_Mf6+Rx3/Lw1=',
  sub,
  email,
} as const satisfies Record<string, string>

/** Everything there is to give away, as a text that a foreign party could echo. */
export const everySecret: string = Object.values(secrets).join(' ')

export const user: TesouroUser = {
  sub,
  email,
  claims: { reference: secrets.claim },
  requestParameters: { actor_token: secrets.actorToken },
}

/** An error of somebody else's, full of secrets wherever an error can hold anything. */
export function hostileError(code: string = secrets.clientSecret): Error {
  const upperCaseHex = Buffer.from(code).toString('hex').toUpperCase().slice(0, 38)
  const error = new Error(everySecret, { cause: { everySecret, code: `EX${upperCaseHex}` } })
  return Object.assign(error, {
    name: secrets.widgetSecret,
    code: `EX${upperCaseHex}`,
    config: { headers: { authorization: `Bearer ${secrets.accessToken}` }, body: everySecret },
    problems: [everySecret],
  })
}
