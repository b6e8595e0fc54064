import type { MiddlewareHandler } from 'hono'
import type { Deps, Env } from './env.ts'

/** Requests whose line has a name of its own: these make the server's half of the sync log. */
const NAMES: Readonly<Record<string, string>> = {
  'POST /api/sync/push': 'push',
  'GET /api/sync/changes': 'pull',
  'POST /api/sync/digests': 'verify',
}

/**
 * One line a request, without its query or body: what people keep here is not in the logs. That of a push, a pull
 * or a comparison says how many of what; that of a refusal its code.
 */
export function logRequests({ logger }: Deps): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.set('log', logger.child({ request: c.var.requestId }))
    const begun = performance.now()
    await next()
    const ms = Math.round(performance.now() - begun)
    const { method, path } = c.req
    const { refusal: code, counts } = c.var
    const name = NAMES[`${method} ${path}`] ?? 'request'
    c.var.log.info({ method, path, status: c.res.status, ...(code && { code }), ms, ...counts }, name)
  }
}
