import { Hono } from 'hono'
import { isObject } from '../src/core/records.ts'
import { problemsWith, RULES } from '../src/core/rules.ts'
import { parseJson } from './http/body.ts'
import type { Deps, Env } from './http/env.ts'
import { invalid, notFound, Refusal } from './http/refusal.ts'

/** What the library serves of other ways in, and of mail that this server does not send. */
const NOT_OFFERED =
  /^\/api\/auth\/(?:sign-in\/social|callback|link-social|unlink-account|account-info|get-access-token|refresh-token|send-verification-email|verify-email|request-password-reset|reset-password|change-email|delete-user|error)(?:\/|$)/

/** The library itself takes names of any length. */
function checkName(body: unknown): void {
  if (!isObject(body) || typeof body.name !== 'string') return
  const [first] = problemsWith(RULES.collection.name, body.name)
  if (first) throw invalid([{ field: 'name', problem: first.problem }])
}

/** `/api/auth/*` as the auth library serves it; only what it leaves without its error shape is given one. */
export function authRoutes({ auth }: Deps): Hono<Env> {
  const routes = new Hono<Env>()
  routes.all('/*', async (c) => {
    const { raw, path } = c.req
    if (NOT_OFFERED.test(path)) throw notFound()
    // It parses bodies by itself; JSON that is none is refused here, as everywhere. Signing out needs no body.
    const bytes = raw.body === null ? new ArrayBuffer(0) : await c.req.arrayBuffer()
    if (bytes.byteLength > 0) checkName(parseJson(c, bytes))
    const { url, method, headers } = raw
    const answer = await auth.handle(
      new Request(url, { method, headers, ...(bytes.byteLength > 0 && { body: bytes }) }),
    )
    if (answer.status >= 500) throw new Error(`the auth library answered ${answer.status}`)
    if (answer.status < 400 || answer.headers.get('content-type')?.includes('json')) return answer
    if (answer.status === 404) throw notFound()
    if (answer.status === 405)
      throw new Refusal(405, 'method_not_allowed', 'This address answers another method.')
    throw new Refusal(400, 'bad_request', 'The request cannot be read.')
  })
  return routes
}
