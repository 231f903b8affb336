import { type Algorithm, bareNodeCrypto } from '../../../peers/bare-node-crypto.js'
import { credentials } from '../../credentials.js'
import { usersInTurn } from '../../users.js'

export function create(algorithm: Algorithm): () => unknown {
  const user = usersInTurn(1_000)
  const mint = bareNodeCrypto(credentials, algorithm)
  return () => mint(user())
}
