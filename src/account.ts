import { isObject } from './core/records.ts'

interface User {
  readonly id: string
  readonly email: string
}

/** Accounts as the auth library serves them. The page signs in; the worker never does. */
export type SessionAnswer =
  | { readonly is: 'signed-in'; readonly account: User }
  | { readonly is: 'refused'; readonly message: string }

export const signIn = (email: string, password: string): Promise<SessionAnswer> =>
  ask('/api/auth/sign-in/email', { email, password })

/** The dialog asks for no name; the part before the @ serves as one. */
export const createAccount = (email: string, password: string): Promise<SessionAnswer> =>
  ask('/api/auth/sign-up/email', { email, password, name: email.split('@', 1)[0] || email })

/** true once the server has no session of this browser any more. */
export async function endSession(): Promise<boolean> {
  try {
    const response = await post('/api/auth/sign-out', {})
    return response.ok || (response.status >= 400 && response.status < 500)
  } catch {
    return false
  }
}

async function ask(path: string, body: object): Promise<SessionAnswer> {
  try {
    const response = await post(path, body)
    const answer: unknown = await response.json().catch(() => null)
    const account = readUser(answer)
    if (response.ok && account) return { is: 'signed-in', account }
    if (response.status === 429)
      return { is: 'refused', message: tooMany(response.headers.get('retry-after')) }
    return {
      is: 'refused',
      message:
        isObject(answer) && typeof answer.message === 'string'
          ? answer.message
          : 'The server could not do that just now. Try again in a moment.',
    }
  } catch {
    return {
      is: 'refused',
      message: 'The server does not answer. Everything here keeps working; try again when you are online.',
    }
  }
}

function readUser(answer: unknown): User | null {
  const user = isObject(answer) && answer.user
  if (!isObject(user)) return null
  const { id, email } = user
  return typeof id === 'string' && typeof email === 'string' ? { id, email } : null
}

const tooMany = (after: string | null): string => `Too many tries. Try again in ${after ?? '60'} seconds.`

const post = (path: string, body: object): Promise<Response> =>
  fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    credentials: 'same-origin',
    redirect: 'error',
  })
