export interface User {
  sub: string
  email: string
}

export function userNumber(number: number): User {
  return { sub: `4f2c7a90-user-${number}`, email: `customer.${number}@bank.example` }
}

/** Gives users by turns, so that nothing is measured that only knows one person. */
export function usersInTurn(count: number): () => User {
  const users = Array.from({ length: count }, (_, number) => userNumber(number))
  let next = 0
  return () => {
    next = (next + 1) % count
    return users[next] ?? userNumber(0)
  }
}
