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

/** Gives users without order; the same ones in every run. */
export function usersAtRandom(count: number): () => User {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return userNumber(Math.floor((state / 2 ** 32) * count))
  }
}
