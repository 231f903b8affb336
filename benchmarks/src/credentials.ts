/** Values as long as real ones; they open nothing. */
export const credentials = {
  clientId: 'f3a1c9d2-6b74-4e0e-9a55-0c2d7e81b6f4',
  clientSecret: 'not-a-secret-but-as-long-as-one-0123456789',
  widgetSecret: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
} as const
