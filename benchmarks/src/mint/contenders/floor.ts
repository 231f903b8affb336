import { bareNodeCrypto } from '../../../peers/bare-node-crypto.js'
import { credentials } from '../../credentials.js'
import { usersInTurn } from '../../users.js'

export function create(): () => unknown {
  const user = usersInTurn(1_000)
  const mint = bareNodeCrypto(credentials)
  return () => mint(user())
}
