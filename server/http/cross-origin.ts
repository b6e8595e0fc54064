import type { MiddlewareHandler } from 'hono'
import type { Deps, Env } from './env.ts'
import { Refusal } from './refusal.ts'

const READS = ['GET', 'HEAD', 'OPTIONS']

/**
 * Refuses writes that another site makes with a person's cookie. A browser names the origin of every write; a
 * script, which has no cookie to abuse, names none and is let through.
 */
export function refuseCrossOrigin({ config }: Deps): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (!READS.includes(c.req.method)) {
      const origin = c.req.header('origin')
      const foreign =
        (origin !== undefined && origin !== config.origin) || c.req.header('sec-fetch-site') === 'cross-site'
      if (foreign)
        throw new Refusal(403, 'cross_origin', 'Changes are accepted from Pawkit’s own pages only.')
    }
    await next()
  }
}
