import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Deps, Env } from './env.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const SIGN_IN = '/api/auth/sign-in/'

/** The most exact of the patterns that the path matches: middleware's `/*` matches too. */
function patternOf(c: Context<Env>): string {
  const exact = (pattern: string) => (pattern.endsWith('*') ? 0 : 1)
  return matchedRoutes(c)
    .map(({ path }) => path)
    .reduce((best, next) => {
      const better = exact(next) - exact(best) || next.length - best.length
      return better > 0 ? next : best
    }, '*')
}

/** Counts and times each request, and the sign-ins that were refused. */
export function measureRequests({ metrics }: Deps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const begun = performance.now()
    await next()
    const { status } = c.res
    metrics.request({
      // A client may make up methods; each would be a series of its own.
      method: METHODS.includes(c.req.method) ? c.req.method : 'other',
      route: patternOf(c),
      status: `${Math.floor(status / 100)}xx`,
      seconds: (performance.now() - begun) / 1000,
    })
    if (c.req.path.startsWith(SIGN_IN) && status >= 400 && status < 500) metrics.signInRefused(status)
  }
}
