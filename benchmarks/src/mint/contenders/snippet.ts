import { publishedSnippet } from '../../../peers/published-snippet.js'
import { credentials } from '../../credentials.js'
import { usersInTurn } from '../../users.js'

export function create(): () => unknown {
  const user = usersInTurn(1_000)
  return () => {
    const { sub, email } = user()
    return publishedSnippet({ userId: sub, userEmail: email }, credentials)
  }
}
