import type { MiddlewareHandler } from 'hono'
import type { Deps, Env } from './env.ts'

/** One line a request, without its query or body: what people keep here is not in the logs. */
export function logRequests({ logger }: Deps): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.set('log', logger.child({ request: c.var.requestId }))
    const begun = performance.now()
    await next()
    const ms = Math.round(performance.now() - begun)
    c.var.log.info({ method: c.req.method, path: c.req.path, status: c.res.status, ms }, 'request')
  }
}
