import type { Context, MiddlewareHandler } from 'hono'
import { fromProxy, proxyList } from './client-address.ts'
import type { Deps, Env } from './env.ts'
import { page } from './pages.ts'
import { Refusal } from './refusal.ts'

/** Asked for by programs that watch the server, under whatever name reaches it. */
const WATCHED = ['/healthz', '/readyz', '/metrics']
const LOOPBACK = /^(?:localhost|(?:[\w-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i

/**
 * Browser data belongs to one origin, so the app is served under one name. Another loopback name is led there; any
 * other name is told the right one, which also stops a site that points its own name at this machine.
 */
export function checkHost({ config }: Deps): MiddlewareHandler<Env> {
  const proxies = proxyList(config.trustProxy)
  const right = new URL(config.origin).host
  const named = (c: Context<Env>): string => {
    const forwarded = fromProxy(c, proxies)
      ? c.req.header('x-forwarded-host')?.split(',', 1)[0]?.trim()
      : undefined
    return (forwarded ?? c.req.header('host') ?? new URL(c.req.url).host).toLowerCase()
  }
  /** `example.com:443` and `example.com` are one host under https. */
  const same = (host: string): boolean =>
    host === right ||
    (URL.canParse(`${new URL(config.origin).protocol}//${host}`) &&
      new URL(`${new URL(config.origin).protocol}//${host}`).host === right)

  return async (c, next) => {
    const host = named(c)
    if (same(host) || WATCHED.includes(c.req.path)) return next()
    const api = c.req.path === '/api' || c.req.path.startsWith('/api/')
    if (LOOPBACK.test(host)) {
      // A script may use any name of this machine; a page may not, since its data would be another's.
      if (api) return next()
      if (c.req.method === 'GET' || c.req.method === 'HEAD') {
        const { pathname, search } = new URL(c.req.url)
        return c.redirect(`${config.origin}${pathname.replace(/^\/+/, '/')}${search}`, 302)
      }
    }
    if (api) throw new Refusal(421, 'wrong_host', `Pawkit is at ${config.origin}`)
    return c.html(page('Pawkit has another address', `Pawkit is at`, config.origin), 421)
  }
}
