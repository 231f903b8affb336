/** Stands for a session: the cookie names the user. */
export function userOf(cookies) {
  const id = cookies.get('user')?.value
  return id ? { sub: id, email: `${id}@bank.example` } : null
}
