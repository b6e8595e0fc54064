import { RETENTION_MS } from '../../src/core/protocol.ts'
import { forgetSteps, keepStep } from './receipts.ts'
import type { Database } from './schema.ts'

/** An account has a handful; more than this are of a program that makes up ids. */
const MOST = 100
/** When a device was last seen is told to the minute: it asks every few seconds. */
const MINUTE = 60_000

/** What a request says of the device that it comes from. */
interface Seen {
  readonly id: string
  /** What the device calls itself; null: the request did not say. */
  readonly name: string | null
  /** The seq up to which it has read; null: the request did not say. */
  readonly cursor: number | null
  /** The session that it came with; null: not known. */
  readonly session: string | null
}

const rowOf = (db: Database, account: string, id: string) =>
  db
    .selectFrom('device')
    .select(['name', 'named', 'session', 'seen_at', 'cursor', 'cursor_at'])
    .where('account', '=', account)
    .where('id', '=', id)
    .executeTakeFirst()

/**
 * Remembers that a device of the account has been here. For write transactions.
 *
 * Names: what a person called a device, at whichever device of theirs, comes to `renameDevice`; the one that
 * reaches the server last counts. What a device calls itself in its pushes and streams names it only until then: it may
 * be the name that its browser began with, or one that it does not know to be old.
 * @returns the device's name in effect
 */
export async function sawDevice(trx: Database, account: string, seen: Seen, now: number): Promise<string> {
  const { id, cursor } = seen
  const before = await rowOf(trx, account, id)
  const name = (before?.named ? before.name : (seen.name ?? before?.name)) ?? ''
  const row = {
    name,
    seen_at: now,
    ...(seen.session !== null && { session: seen.session }),
    ...(cursor !== null && { cursor, cursor_at: now }),
  }
  await trx
    .insertInto('device')
    .values({ account, id, ...row })
    .onConflict((conflict) => conflict.columns(['account', 'id']).doUpdateSet(row))
    .execute()
  if (cursor !== null) await keepStep(trx, { account, device: id, before: before ?? null, cursor }, now)
  await forgetBeyond(trx, account)
  return name
}

async function forgetBeyond(trx: Database, account: string): Promise<void> {
  const beyond = await trx
    .selectFrom('device')
    .select('id')
    .where('account', '=', account)
    .orderBy('seen_at', 'desc')
    .orderBy('id')
    .limit(MOST)
    .offset(MOST)
    .execute()
  for (const { id } of beyond) await forgetDevice(trx, account, id)
}

async function forgetDevice(trx: Database, account: string, id: string): Promise<void> {
  await trx.deleteFrom('device').where('account', '=', account).where('id', '=', id).execute()
  await forgetSteps(trx, account, id)
}

/** What there is to write down of a device that sends nothing: null where nothing is new. */
export async function newsOf(db: Database, account: string, seen: Seen, now: number): Promise<Seen | null> {
  const known = await rowOf(db, account, seen.id)
  if (!known) return seen
  // When it had read so far is when it first said so.
  const said = seen.cursor === known.cursor && known.cursor_at !== null
  const news = { ...seen, cursor: said ? null : seen.cursor }
  const other =
    (seen.name !== null && known.named === 0 && seen.name !== known.name) ||
    (seen.session !== null && seen.session !== known.session)
  const old = Math.abs(now - known.seen_at) >= MINUTE
  return old || other || news.cursor !== null ? news : null
}

/**
 * The account's devices, the one that was here last first. Not those that have not been here for as long as they would
 * have to read afresh, nor those whose session was ended: signing out removes the library from a device. One
 * that lives names its session with its next pull.
 */
export const knownDevices = (db: Database, account: string, now: number) =>
  db
    .selectFrom('device')
    .where('device.account', '=', account)
    .where('seen_at', '>=', now - RETENTION_MS)
    .where((eb) =>
      eb.exists(eb.selectFrom('session').select('session.id').whereRef('session.id', '=', 'device.session')),
    )
    .orderBy('seen_at', 'desc')
    .orderBy('device.id')

/** A person calls a device so. False: the account has no such device. */
export async function renameDevice(
  trx: Database,
  account: string,
  id: string,
  name: string,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('device')
    .set({ name, named: 1 })
    .where('account', '=', account)
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Forgets devices that have not been here for as long as they would have to read afresh. */
export async function forgetDevices(trx: Database, now: number): Promise<void> {
  const gone = await trx
    .selectFrom('device')
    .select(['account', 'id'])
    .where('seen_at', '<', now - RETENTION_MS)
    .execute()
  for (const { account, id } of gone) await forgetDevice(trx, account, id)
}
