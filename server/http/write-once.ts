import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type KeptAnswer, keepAnswer, keptAnswer } from '../db/idempotency.ts'
import type { Tx } from '../db/schema.ts'
import { ensureSpace, spaceOf } from '../db/spaces.ts'
import { savepoint, write } from '../db/transaction.ts'
import type { Writer } from '../db/write-record.ts'
import type { Deps, Env } from './env.ts'
import { invalid, Refusal } from './refusal.ts'

export interface Answer {
  readonly status: ContentfulStatusCode | 204
  readonly body: unknown
}

export type WriteOnce = (c: Context<Env>, work: Work) => Promise<Response>

type Work = (trx: Tx, writer: Writer, body: ArrayBuffer) => Promise<Answer>

/** Answers that say something about this moment only. */
const PASSING = [401, 408, 429]

const NO_BODY = ''

function readKey(c: Context): string | null {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return null
  if (key.length < 1 || key.length > 255)
    throw invalid([{ field: 'Idempotency-Key', problem: 'must have 1 to 255 characters' }])
  return key
}

/** All of a request that decides what it does. */
function hashOf(c: Context, body: ArrayBuffer): string {
  const url = new URL(c.req.url)
  const head = [
    c.req.method,
    url.pathname + url.search,
    c.req.header('x-force-update') ?? '',
    c.req.header('content-type') ?? '',
  ]
  return createHash('sha256').update(JSON.stringify(head)).update(new Uint8Array(body)).digest('base64url')
}

/**
 * Runs REST writes: one transaction holds the write and its `Idempotency-Key`, so that a server that dies between
 * the two has done both or neither. A refusal undoes the write and is kept like any other answer.
 */
export function createWriteOnce(deps: Deps): WriteOnce {
  /** Keys whose request has begun and not been answered: in memory, since a dead process runs none. */
  const running = new Set<string>()

  async function answer(c: Context<Env>, key: string | null, work: Work): Promise<KeptAnswer> {
    const { db, world, pokes } = deps
    const { account } = c.var
    const bytes = await c.req.arrayBuffer()
    const request = hashOf(c, bytes)
    const now = world.now()
    const { result, space, seq } = await write(db, async (trx) => {
      const space = await ensureSpace(trx, account, world.newId(), now)
      const kept = key === null ? null : await keptAnswer(trx, account, key, now)
      if (kept && kept.request !== request) {
        throw new Refusal(422, 'idempotency_key_reused', 'This Idempotency-Key was used for another request.')
      }
      if (kept) return { result: kept, space, seq: space.seq }
      const writer: Writer = { space: space.id, account, device: '', world, now }
      const { status, body } = await savepoint(trx, () => work(trx, writer, bytes)).catch(
        (error: unknown) => {
          if (error instanceof Refusal) return { status: error.status, body: error.body }
          throw error
        },
      )
      const result = { request, status, body: status === 204 ? NO_BODY : JSON.stringify(body) }
      if (key !== null && !PASSING.includes(status)) await keepAnswer(trx, account, key, result, now)
      return { result, space, seq: (await spaceOf(trx, account))?.seq ?? space.seq }
    })
    if (seq > space.seq) pokes.publish(space.id, seq)
    return result
  }

  return async (c, work) => {
    const key = readKey(c)
    const place = key === null ? null : JSON.stringify([c.var.account, key])
    if (place !== null && running.has(place)) {
      throw new Refusal(
        409,
        'idempotency_key_running',
        'The first request with this Idempotency-Key is still running.',
      )
    }
    if (place !== null) running.add(place)
    try {
      const { status, body } = await answer(c, key, work)
      if (status === 204) return c.body(null, 204)
      return c.body(body, status as ContentfulStatusCode, { 'Content-Type': 'application/json' })
    } finally {
      if (place !== null) running.delete(place)
    }
  }
}
