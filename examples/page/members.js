// A sentence about each member of an opened widget token.

export const members = {
  header: {
    alg: 'How the content key is wrapped: AES key wrap with the 256-bit widget secret (RFC 7518, 4.4).',
    enc: 'How the content is encrypted: AES-GCM under a key drawn for this token alone (RFC 7518, 5.3).',
  },
  payload: {
    grant_type: 'A token exchange (RFC 8693): the platform will make it for the widget.',
    client_id: 'Which application of yours asks.',
    client_secret: 'Proves it. This is why the token is encrypted, and why only your server can make one.',
    subject_token:
      'Who it is for: a JWT that your server signed a moment ago. Its claims have a list of their own.',
    subject_token_type: 'What kind of token that is.',
    iat: 'When it was made.',
    exp: 'When it is over: ten minutes later at most. Shorter here, so that you can watch.',
  },
  subject: {
    alg: 'How your server signed it. A token that is not signed is refused.',
    kid: 'Which of your keys signed it, so that keys can be changed.',
    typ: 'A JSON Web Token.',
    sub: 'The user’s stable id. It comes from the session, never from the browser.',
    email: 'The platform looks users up by it, so it must be one that you have verified.',
    iss: 'Who vouches for the user: you.',
    aud: 'For whom it is meant.',
    iat: 'When it was made.',
    exp: 'When it is over: with the widget token around it.',
    jti: 'A number used once: every token has its own.',
  },
}

export const otherMember = 'Something that your server added.'
