import { createHash, timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { fromLoopback } from './http/client-address.ts'
import type { Deps, Env } from './http/env.ts'
import { notFound, Refusal } from './http/refusal.ts'

/** Headers by which a proxy shows itself: the request is then somebody else's, whatever its socket. */
const FORWARDING = /^(?:x-forwarded-.*|x-real-ip|forwarded|via)$/

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compared by digest, in constant time: neither content nor length of the token shows in how long it takes. */
function bears(c: Context<Env>, token: string): boolean {
  const given = /^bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  return given !== undefined && timingSafeEqual(digest(given), digest(token))
}

const local = (c: Context<Env>): boolean =>
  fromLoopback(c) && !Object.keys(c.req.header()).some((name) => FORWARDING.test(name))

/** `/metrics`: to whoever brings the token, or, where none is set, to programs on this machine. */
export function metricsRoutes({ metrics, config }: Deps): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/', async (c) => {
    const { metricsToken: token } = config
    if (token === null && !local(c)) throw notFound()
    if (token !== null && !bears(c, token)) {
      const headers = { 'WWW-Authenticate': 'Bearer' }
      throw new Refusal(401, 'unauthorized', 'Send the token as Authorization: Bearer TOKEN.', { headers })
    }
    const headers = { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }
    return c.body(await metrics.text(), 200, headers)
  })
  return routes
}
