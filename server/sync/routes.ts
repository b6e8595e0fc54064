import { Hono } from 'hono'
import * as v from 'valibot'
import { PUSH_LIMITS, PushRequest } from '../../src/core/protocol.ts'
import { problemsOf } from '../../src/core/schema.ts'
import { ensureSpace, spaceOf } from '../db/spaces.ts'
import { write } from '../db/transaction.ts'
import { readJson } from '../http/body.ts'
import type { Deps, Env } from '../http/env.ts'
import { invalid, Refusal } from '../http/refusal.ts'
import { changes } from './changes.ts'
import { push } from './push.ts'
import { ChangesQuery, checkAccount, checkProtocol, readQuery, StreamQuery } from './request.ts'
import { stream } from './stream.ts'

/** `/api/sync`: what a device's service worker uses. */
export function syncRoutes({ db, world, pokes, draining }: Deps): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/push', async (c) => {
    const body = await readJson(c)
    const named = v.safeParse(v.object({ protocol: v.number() }), body)
    if (!named.success) throw invalid(problemsOf(named.issues))
    checkProtocol(named.output.protocol)
    const parsed = v.safeParse(PushRequest, body)
    if (!parsed.success) {
      const tooMany = parsed.issues.some((issue) => issue.type === 'max_length' && Array.isArray(issue.input))
      if (!tooMany) throw invalid(problemsOf(parsed.issues))
      throw new Refusal(413, 'too_large', `A push holds at most ${PUSH_LIMITS.mutations} mutations.`)
    }
    checkAccount(parsed.output.account, c.var.account)
    return c.json(await push(db, { world, log: c.var.log, pokes }, parsed.output))
  })

  routes.get('/changes', async (c) => {
    const query = readQuery(ChangesQuery, c.req.query(), c.var.account)
    return c.json(await changes(db, world.now(), query))
  })

  routes.get('/stream', async (c) => {
    readQuery(StreamQuery, c.req.query(), c.var.account)
    if (draining())
      throw new Refusal(503, 'stopping', 'The server is stopping.', { headers: { 'Retry-After': '2' } })
    // Its answer would be thrown away with the stream in it, and nobody would ever close that.
    if (c.req.method === 'HEAD') return c.body(null)
    const { account } = c.var
    const space =
      (await spaceOf(db, account)) ??
      (await write(db, (trx) => ensureSpace(trx, account, world.newId(), world.now())))
    return stream(c, pokes, space.id, async () => (await spaceOf(db, account))?.seq ?? 0)
  })

  return routes
}
