import { Hono } from 'hono'
import { parseJson } from './http/body.ts'
import type { Deps, Env } from './http/env.ts'
import { notFound, Refusal } from './http/refusal.ts'

/** `/api/auth/*` as the auth library serves it; only what it leaves without its error shape is given one. */
export function authRoutes({ auth }: Deps): Hono<Env> {
  const routes = new Hono<Env>()
  routes.all('/*', async (c) => {
    const { raw } = c.req
    // It parses bodies by itself; JSON that is none is refused here, as everywhere. Signing out needs no body.
    const bytes = raw.body === null ? new ArrayBuffer(0) : await c.req.arrayBuffer()
    if (bytes.byteLength > 0) parseJson(c, bytes)
    const { url, method, headers } = raw
    const answer = await auth.handle(
      new Request(url, { method, headers, ...(bytes.byteLength > 0 && { body: bytes }) }),
    )
    if (answer.status < 400 || answer.headers.get('content-type')?.includes('json')) return answer
    if (answer.status === 404) throw notFound()
    if (answer.status === 405)
      throw new Refusal(405, 'method_not_allowed', 'This address answers another method.')
    if (answer.status >= 500) throw new Error(`the auth library answered ${answer.status}`)
    throw new Refusal(400, 'bad_request', 'The request cannot be read.')
  })
  return routes
}
