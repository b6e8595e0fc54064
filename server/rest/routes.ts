import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { listRecords } from '../db/records.ts'
import { listRevisions } from '../db/revisions.ts'
import type { Tx } from '../db/schema.ts'
import { spaceOf } from '../db/spaces.ts'
import { read } from '../db/transaction.ts'
import { parseJson } from '../http/body.ts'
import type { Deps, Env } from '../http/env.ts'
import { problemsOf } from '../http/problems.ts'
import { invalid } from '../http/refusal.ts'
import type { WriteOnce } from '../http/write-once.ts'
import { heldRecord, liveRecord } from './checks.ts'
import { readCreate, readPatch } from './input.ts'
import { afterId, beforeEntry, cursorOf, cut, pageQuery } from './paging.ts'
import { type Resource, version } from './resources.ts'
import { shapeOf, shapes, versionShape } from './shape.ts'
import { create, patch, remove, restore } from './write.ts'

/** A space that nobody has: what an account without a library yet may read. */
const NOTHING = ''

function versionParam(text: string | undefined): number | null {
  if (text === undefined || text === '') return null
  const parsed = v.safeParse(version, /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN)
  if (!parsed.success)
    throw invalid(problemsOf(parsed.issues).map(({ problem }) => ({ field: 'version', problem })))
  return parsed.output
}

/** One kind's routes, as the contract names them. */
export function restRoutes(resource: Resource, { db }: Deps, writeOnce: WriteOnce): Hono<Env> {
  const { kind, plural } = resource
  const routes = new Hono<Env>()
  const idOf = (c: Context<Env>): string => c.req.param('id') ?? ''
  const reading = <T>(c: Context<Env>, work: (trx: Tx, space: string) => Promise<T>): Promise<T> =>
    read(db, async (trx) => work(trx, (await spaceOf(trx, c.var.account))?.id ?? NOTHING))

  routes.get('/', pageQuery, async (c) => {
    const { cursor, limit, deleted } = c.req.valid('query')
    const after = afterId(cursor)
    const list = await reading(c, async (trx, space) => {
      const rows = await listRecords(trx, space, kind, {
        after,
        limit: limit + 1,
        deleted: deleted === 'true',
      })
      const { page, next } = cut(rows, limit, (row) => row.id)
      return { [plural]: await shapes(trx, space, resource, page), next }
    })
    return c.json(list)
  })

  routes.post('/', (c) =>
    writeOnce(c, async (trx, writer, body) => {
      const input = readCreate(resource, parseJson(c, body))
      const { record, made } = await create(trx, writer, resource, input)
      return { status: made ? 201 : 200, body: { [kind]: await shapeOf(trx, resource, record) } }
    }),
  )

  routes.get('/:id', async (c) => {
    const shape = await reading(c, async (trx, space) =>
      shapeOf(trx, resource, await liveRecord(trx, space, resource, idOf(c))),
    )
    return c.json({ [kind]: shape })
  })

  routes.patch('/:id', (c) =>
    writeOnce(c, async (trx, writer, body) => {
      const input = readPatch(resource, parseJson(c, body))
      const force = c.req.header('x-force-update')?.toLowerCase() === 'true'
      const record = await patch(trx, writer, resource, idOf(c), { ...input, force })
      return { status: 200, body: { [kind]: await shapeOf(trx, resource, record) } }
    }),
  )

  routes.delete('/:id', (c) =>
    writeOnce(c, async (trx, writer) => {
      await remove(trx, writer, resource, idOf(c), versionParam(c.req.query('version')))
      return { status: 204, body: null }
    }),
  )

  routes.post('/:id/restore', (c) =>
    writeOnce(c, async (trx, writer) => {
      const record = await restore(trx, writer, resource, idOf(c))
      return { status: 200, body: { [kind]: await shapeOf(trx, resource, record) } }
    }),
  )

  routes.get('/:id/versions', pageQuery, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const before = beforeEntry(cursor)
    const history = await reading(c, async (trx, space) => {
      const record = await heldRecord(trx, space, resource, idOf(c))
      const { revisions, more } = await listRevisions(trx, space, record.id, { before, limit })
      const last = revisions.at(-1)
      return {
        versions: revisions.map((revision) => versionShape(resource, revision)),
        next: more && last ? cursorOf(String(last.id)) : null,
      }
    })
    return c.json(history)
  })

  return routes
}
