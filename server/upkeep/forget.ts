import { sql } from 'kysely'
import { RETENTION_MS } from '../../src/core/protocol.ts'
import { forgetDevices } from '../db/devices.ts'
import { IDEMPOTENCY_MS } from '../db/idempotency.ts'
import { forgetPlaces } from '../db/reading.ts'
import type { Tx } from '../db/schema.ts'
import { write } from '../db/transaction.ts'
import { inSteps, type Upkeep } from './tools.ts'

/** Rows a transaction; the rows are short. */
const ROWS = 500
/** Tombstones a transaction: the history of each goes with it. */
const TOMBSTONES = 50

export interface Forgotten {
  readonly tombstones: number
  readonly tags: number
  readonly mutations: number
  readonly keys: number
}

/** Forgets what no device that is still known can ask about: 180 days of sync, 30 of idempotency keys. */
export async function forget(upkeep: Upkeep): Promise<Forgotten> {
  const { db, world, stopping } = upkeep
  const now = world.now()
  let [tombstones, tags] = [0, 0]
  for (const space of await db.selectFrom('space').select(['id', 'seq', 'retained']).execute()) {
    if (stopping()) break
    const retained = await raiseRetained(upkeep, space, now - RETENTION_MS)
    tombstones += await inSteps(upkeep, () => write(db, (trx) => dropTombstones(trx, space.id, retained)))
    tags += await inSteps(upkeep, () => write(db, (trx) => dropTags(trx, space.id, retained)))
  }
  const mutations = await dropMutations(upkeep, now - RETENTION_MS)
  const keys = await inSteps(upkeep, () => write(db, (trx) => dropKeys(trx, now - IDEMPOTENCY_MS)))
  if (!stopping()) {
    await write(db, (trx) => forgetPlaces(trx, now))
    await write(db, (trx) => forgetDevices(trx, now))
  }
  return { tombstones, tags, mutations, keys }
}

interface SpaceRow {
  readonly id: string
  readonly seq: number
  readonly retained: number
}

/**
 * Marks and cursors below `retained` are refused from now on; only then may anything go that a device needs which
 * holds them. A device that has seen change N was up to date until N + 1 was made, so `retained` is the change before
 * the first that is younger than the cutoff: of a space where nothing happens it is the newest, and whoever has seen
 * that goes on, however long ago it was.
 */
async function raiseRetained({ db }: Upkeep, space: SpaceRow, cutoff: number): Promise<number> {
  const young = await db
    .selectFrom('change')
    .select('seq')
    .where('space', '=', space.id)
    .where('seq', '>', space.retained)
    .where('at', '>=', cutoff)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  const retained = Math.max(space.retained, young ? young.seq - 1 : space.seq)
  if (retained > space.retained) {
    await write(db, (trx) => trx.updateTable('space').set({ retained }).where('id', '=', space.id).execute())
  }
  return retained
}

/** The newest change of a space is never below `retained`, so the feed always ends with the space's own seq. */
async function dropTombstones(trx: Tx, space: string, retained: number): Promise<number> {
  const gone = await trx
    .selectFrom('record')
    .select(['id', 'version'])
    .where('space', '=', space)
    .where('purged', '=', 1)
    .where('seq', '<', retained)
    .limit(TOMBSTONES)
    .execute()
  if (gone.length === 0) return 0
  const highest = Math.max(...gone.map(({ version }) => version))
  await trx
    .updateTable('space')
    .set({ forgotten_version: highest })
    .where('id', '=', space)
    .where('forgotten_version', '<', highest)
    .execute()
  const ids = gone.map(({ id }) => id)
  await trx.deleteFrom('revision').where('space', '=', space).where('record', 'in', ids).execute()
  await trx.deleteFrom('record').where('space', '=', space).where('id', 'in', ids).execute()
  return gone.length
}

async function dropTags(trx: Tx, space: string, retained: number): Promise<number> {
  const of = trx.selectFrom('change').where('space', '=', space)
  const first = await of.select('seq').orderBy('seq').limit(1).executeTakeFirst()
  if (!first || first.seq >= retained) return 0
  const { numDeletedRows } = await trx
    .deleteFrom('change')
    .where('space', '=', space)
    .where('seq', '<', Math.min(retained, first.seq + ROWS))
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/**
 * A device goes on reading while it waits for the answer to a mutation, so that its mark may be younger than that. It
 * asks again within minutes.
 */
const MARGIN = 12 * 3600_000

/**
 * Mutation ids, but for those as young as the oldest change that is kept, or a little older: whoever was told of that may
 * still wait for the answer to one, and send it again.
 */
async function dropMutations(upkeep: Upkeep, cutoff: number): Promise<number> {
  const { db } = upkeep
  const accounts = await db
    .selectFrom('member')
    .innerJoin('space', 'space.id', 'member.space')
    .leftJoin('change', (join) =>
      join.onRef('change.space', '=', 'space.id').onRef('change.seq', '=', 'space.retained'),
    )
    .select((eb) => ['member.account', eb.fn.min('change.at').as('at')])
    .groupBy('member.account')
    .execute()
  let all = 0
  for (const { account, at } of accounts) {
    const before = Math.min(cutoff, (at ?? cutoff) - MARGIN)
    all += await inSteps(upkeep, () => write(db, (trx) => dropSomeMutations(trx, account, before)))
  }
  return all
}

async function dropSomeMutations(trx: Tx, account: string, before: number): Promise<number> {
  const old = trx
    .selectFrom('mutation')
    .select('id')
    .where('account', '=', account)
    .where('at', '<', before)
    .limit(ROWS)
  const { numDeletedRows } = await trx
    .deleteFrom('mutation')
    .where('account', '=', account)
    .where('id', 'in', old)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

async function dropKeys(trx: Tx, cutoff: number): Promise<number> {
  const old = trx
    .selectFrom('idempotency')
    .select(sql<number>`rowid`.as('row'))
    .where('at', '<=', cutoff)
    .limit(ROWS)
  const { numDeletedRows } = await trx
    .deleteFrom('idempotency')
    .where(sql<number>`rowid`, 'in', old)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
