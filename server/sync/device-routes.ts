import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { readDeviceName } from '../../src/core/device-name.ts'
import type { DevicesAnswer, ReceiptsAnswer, RenameAnswer } from '../../src/core/protocol.ts'
import { knownDevices, renameDevice } from '../db/devices.ts'
import { lastChange, sinceWhen } from '../db/receipts.ts'
import { spaceOf } from '../db/spaces.ts'
import { read, write } from '../db/transaction.ts'
import { parseJson } from '../http/body.ts'
import type { Deps, Env } from '../http/env.ts'
import { problemsOf } from '../http/problems.ts'
import { invalid, notFound } from '../http/refusal.ts'
import type { Online } from './online.ts'
import { AccountQuery, ReceiptsQuery, readQuery } from './request.ts'
import { Rename } from './schemas.ts'

/** The devices of an account: which there are, what they are called, and what is on them. */
export function deviceRoutes({ db, world }: Deps, online: Online): Hono<Env> {
  const routes = new Hono<Env>()
  const asked = (c: Context<Env>) => readQuery(AccountQuery, c.req.query(), c.var.account)

  routes.get('/devices', async (c) => {
    const { account } = asked(c)
    const now = world.now()
    const { space, rows } = await read(db, async (trx) => ({
      space: await spaceOf(trx, account),
      rows: await knownDevices(trx, account, now)
        .select(['device.id', 'name', 'named', 'seen_at', 'cursor', 'cursor_at'])
        .execute(),
    }))
    const isOnline = online.of(account, space?.id ?? '', now)
    const devices = rows.map(({ id, name, named, seen_at, cursor, cursor_at }) => ({
      id,
      name,
      named: named === 1,
      seenAt: seen_at,
      online: isOnline(id, seen_at),
      cursor,
      cursorAt: cursor_at,
    }))
    return c.json({ now, seq: space?.seq ?? 0, devices } satisfies DevicesAnswer)
  })

  routes.patch('/devices/:id', async (c) => {
    const { account } = asked(c)
    const parsed = v.safeParse(Rename, parseJson(c, await c.req.arrayBuffer()))
    if (!parsed.success) throw invalid(problemsOf(parsed.issues))
    const id = c.req.param('id')
    const name = readDeviceName(parsed.output.name) ?? ''
    if (!(await write(db, (trx) => renameDevice(trx, account, id, name)))) throw notFound()
    return c.json({ device: { id, name } } satisfies RenameAnswer)
  })

  routes.get('/receipts', async (c) => {
    const { account, record } = readQuery(ReceiptsQuery, c.req.query(), c.var.account)
    const now = world.now()
    const answer = await read(db, async (trx): Promise<ReceiptsAnswer | null> => {
      const space = await spaceOf(trx, account)
      const last = space && (await lastChange(trx, space.id, record))
      if (!last) return null
      const holders = await knownDevices(trx, account, now)
        .select(['device.id', 'name'])
        .where((eb) => eb.or([eb('cursor', '>=', last.seq), eb('device.id', '=', last.device)]))
        .execute()
      const since = await sinceWhen(trx, account, last.seq)
      const receipts = holders.map(({ id, name }) => ({
        ...{ device: id, name },
        since: (id === last.device ? last.at : since.get(id)) ?? null,
      }))
      return { now, version: last.version, receipts }
    })
    if (!answer) throw notFound()
    return c.json(answer)
  })

  return routes
}
