import { RETENTION_MS } from '../../src/core/protocol.ts'
import type { Database } from './schema.ts'

/** An account has a handful; more than this are of a program that makes up ids. */
const MOST = 100
/** When a device was last seen is told to the minute: it asks every few seconds. */
const MINUTE = 60_000

interface Seen {
  readonly id: string
  /** null: the request named only the id. */
  readonly name: string | null
  /** The seq up to which it has read; null: the request did not say. */
  readonly cursor: number | null
}

/** Remembers that a device of the account has been here, under which name. For write transactions. */
export async function sawDevice(trx: Database, account: string, seen: Seen, now: number): Promise<void> {
  const named = seen.name === null ? {} : { name: seen.name }
  const read = seen.cursor === null ? {} : { cursor: seen.cursor, cursor_at: now }
  await trx
    .insertInto('device')
    .values({ account, id: seen.id, name: seen.name ?? '', seen_at: now, ...read })
    .onConflict((conflict) =>
      conflict.columns(['account', 'id']).doUpdateSet({ ...named, ...read, seen_at: now }),
    )
    .execute()
  const beyond = await trx
    .selectFrom('device')
    .select('id')
    .where('account', '=', account)
    .orderBy('seen_at', 'desc')
    .orderBy('id')
    .limit(MOST)
    .offset(MOST)
    .execute()
  if (beyond.length === 0) return
  const ids = beyond.map(({ id }) => id)
  await trx.deleteFrom('device').where('account', '=', account).where('id', 'in', ids).execute()
}

/** What there is to write down of a device that only reads: null where nothing is new. */
export async function newsOf(
  db: Database,
  account: string,
  seen: { readonly id: string; readonly cursor: number | null },
  now: number,
): Promise<Seen | null> {
  const known = await db
    .selectFrom('device')
    .select(['seen_at', 'cursor'])
    .where('account', '=', account)
    .where('id', '=', seen.id)
    .executeTakeFirst()
  // When it had read so far is when it first said so.
  const cursor = seen.cursor === null || seen.cursor === known?.cursor ? null : seen.cursor
  const old = known === undefined || Math.abs(now - known.seen_at) >= MINUTE
  return old || cursor !== null ? { id: seen.id, name: null, cursor } : null
}

/** The account's devices, the one that was here last first. */
export function listDevices(db: Database, account: string) {
  return db
    .selectFrom('device')
    .select(['id', 'name', 'seen_at', 'cursor', 'cursor_at'])
    .where('account', '=', account)
    .orderBy('seen_at', 'desc')
    .orderBy('id')
    .execute()
}

/** Forgets devices that have not been here for as long as they would have to read afresh. */
export async function forgetDevices(trx: Database, now: number): Promise<void> {
  await trx
    .deleteFrom('device')
    .where('seen_at', '<', now - RETENTION_MS)
    .execute()
}
