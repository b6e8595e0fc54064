import { Hono } from 'hono'
import * as v from 'valibot'
import { PUSH_LIMITS } from '../../src/core/protocol.ts'
import { newsOf, sawDevice } from '../db/devices.ts'
import { ensureSpace, spaceOf } from '../db/spaces.ts'
import { write } from '../db/transaction.ts'
import { parseJson } from '../http/body.ts'
import type { Deps, Env } from '../http/env.ts'
import { problemsOf } from '../http/problems.ts'
import { invalid, Refusal } from '../http/refusal.ts'
import { changes } from './changes.ts'
import { countOutcomes } from './counts.ts'
import { deviceRoutes } from './device-routes.ts'
import { digests } from './digests.ts'
import { Online } from './online.ts'
import { push } from './push.ts'
import { ChangesQuery, checkAccount, checkProtocol, readQuery, StreamQuery } from './request.ts'
import { DigestRequest, PushRequest } from './schemas.ts'
import { stream } from './stream.ts'

/** `/api/sync`: what a device's service worker uses. */
export function syncRoutes(deps: Deps): Hono<Env> {
  const { db, world, pokes, metrics, draining } = deps
  const routes = new Hono<Env>()
  const online = new Online(pokes)
  /** A device asks, and may say its name or how far it has read. */
  const seen = async (
    { account, session }: Env['Variables'],
    id: string | undefined,
    said: { readonly name?: string | undefined; readonly cursor?: number },
  ): Promise<void> => {
    if (id === undefined) return
    const asking = { id, name: said.name ?? null, cursor: said.cursor ?? null, session }
    const news = await newsOf(db, account, asking, world.now())
    if (news) await write(db, (trx) => sawDevice(trx, account, news, world.now()))
  }

  routes.post('/push', async (c) => {
    const received = await c.req.arrayBuffer()
    const bytes = received.byteLength
    c.set('counts', { bytes })
    const body = parseJson(c, received)
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
    const counts = {
      bytes,
      mutations: parsed.output.mutations.length,
      voids: parsed.output.voids.length,
    }
    c.set('counts', counts)
    const { session } = c.var
    const answer = await push(db, { world, log: c.var.log, pokes }, { ...parsed.output, session })
    const outcomes = countOutcomes(answer.results)
    c.set('counts', { ...counts, outcomes })
    metrics.mutations(outcomes)
    return c.json(answer)
  })

  routes.get('/changes', async (c) => {
    const query = readQuery(ChangesQuery, c.req.query(), c.var.account)
    const answer = await changes(db, world.now(), query)
    // Only what it goes on from: a place that is refused, or records asked for by name, tell of no reading.
    await seen(c.var, query.device, query.ids ? {} : { cursor: query.after })
    const { cursor, more } = answer
    const records = answer.changes.length
    const body = JSON.stringify(answer)
    c.set('counts', { after: query.after, cursor, records, more, bytes: Buffer.byteLength(body) })
    metrics.pulled(records)
    return c.body(body, 200, { 'Content-Type': 'application/json' })
  })

  routes.post('/digests', async (c) => {
    const body = parseJson(c, await c.req.arrayBuffer())
    const named = v.safeParse(v.object({ protocol: v.number() }), body)
    if (!named.success) throw invalid(problemsOf(named.issues))
    checkProtocol(named.output.protocol)
    const parsed = v.safeParse(DigestRequest, body)
    if (!parsed.success) throw invalid(problemsOf(parsed.issues))
    const asked = parsed.output
    checkAccount(asked.account, c.var.account)
    const answer = JSON.stringify(await digests(db, world.now(), asked))
    const [ranges, without] = [asked.ranges.length, asked.without.length]
    c.set('counts', { cursor: asked.cursor, ranges, without, bytes: Buffer.byteLength(answer) })
    return c.body(answer, 200, { 'Content-Type': 'application/json' })
  })

  routes.route('/', deviceRoutes(deps, online))

  routes.get('/stream', async (c) => {
    const { device, name } = readQuery(StreamQuery, c.req.query(), c.var.account)
    if (draining())
      throw new Refusal(503, 'stopping', 'The server is stopping.', { headers: { 'Retry-After': '2' } })
    // Its answer would be thrown away with the stream in it, and nobody would ever close that.
    if (c.req.method === 'HEAD') return c.body(null)
    const { account } = c.var
    await seen(c.var, device, { name })
    const space =
      (await spaceOf(db, account)) ??
      (await write(db, (trx) => ensureSpace(trx, account, world.newId(), world.now())))
    return stream(c, pokes, {
      space: space.id,
      device,
      random: world.random,
      currentSeq: async () => (await spaceOf(db, account))?.seq ?? 0,
      ended: () => device !== undefined && online.left(account, device, world.now()),
    })
  })

  return routes
}
