import type { createClient } from '@redis/client'

type Client = ReturnType<typeof createClient>

const rounds = 20

/** How many of the library's values can be read by everybody who reads this Redis; a sample of a large one. */
export async function unsealedValues(client: Client): Promise<number> {
  let cursor = '0'
  let unsealed = 0
  for (let round = 0; round < rounds; round += 1) {
    const page = await client.scan(cursor, { MATCH: 'tesouro:*:token:*', COUNT: 500 })
    for (const key of page.keys.slice(0, 100)) {
      // The value never leaves this line: whether it begins as a stored token does is all that is asked.
      const start = await client.getRange(key, 0, 200).catch(() => '')
      if (start?.includes('"accessToken"')) unsealed += 1
    }
    cursor = page.cursor
    if (cursor === '0') break
  }
  return unsealed
}
