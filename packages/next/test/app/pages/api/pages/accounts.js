import { markOf } from '../../../lib/mark.js'

export default async function handler({ cookies }, response) {
  const id = cookies.user
  response.json({ mark: await markOf({ sub: id, email: `${id}@bank.example` }) })
}
