const meanings: { readonly [name: string]: string } = {
  alg: 'how it is signed, or how its content key is wrapped (RFC 7518)',
  enc: 'how its content is encrypted (RFC 7518 §5.1)',
  kid: 'which key was used: the platform looks it up by this name',
  typ: 'what it is',
  cty: 'what its content is',
  iss: 'who issued it',
  sub: 'the user, by the id of the application that issued it',
  aud: 'for whom it is',
  exp: 'when it expires',
  iat: 'when it was made',
  nbf: 'not valid before',
  jti: 'its own number',
  email: "the user's e-mail address, by which the platform looks them up",
  act: 'who acts for the user (RFC 8693 §4.1)',
  may_act: 'who may act for the user (RFC 8693 §4.4)',
  scope: 'what it may be used for',
  scp: 'what it may be used for',
  azp: 'the client that it was issued to',
  grant_type: 'the request that the platform makes in its name (RFC 8693 §2.1)',
  client_id: 'the OAuth client that minted it',
  client_secret: 'the secret of that client',
  subject_token: 'the JWT that says who the user is',
  subject_token_type: 'as what the subject token is declared',
  audience: 'for whom the access token is to be',
  resource: 'where the access token is to be used',
}

/** What a member of a token means, by its name. */
export const meaningOf = (name: string): string =>
  (Object.hasOwn(meanings, name) ? meanings[name] : undefined) ?? 'a member of its own'

/** Members whose value is never shown. */
export const masked: ReadonlySet<string> = new Set([
  'client_secret',
  'subject_token',
  'actor_token',
  'client_assertion',
  'password',
  'secret',
  'access_token',
  'refresh_token',
])
