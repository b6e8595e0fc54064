import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { Deps, Env } from './env.ts'
import { Refusal } from './refusal.ts'

/** An account in the logs: tells two apart without saying who they are. */
const hashed = (account: string): string => createHash('sha256').update(account).digest('hex').slice(0, 12)

/** Asks for a session, and hands on whose it is. */
export function requireSession({ auth }: Deps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const session = await auth.accountOf(c.req.raw.headers)
    if (!session) throw new Refusal(401, 'signed_out', 'Sign in first.')
    for (const cookie of session.cookies) c.header('Set-Cookie', cookie, { append: true })
    c.set('account', session.account)
    c.set('session', session.session)
    c.set('log', c.var.log.child({ account: hashed(session.account) }))
    await next()
  }
}
