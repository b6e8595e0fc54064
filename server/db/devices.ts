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
}

/** Remembers that a device of the account has been here, under which name. For write transactions. */
export async function sawDevice(trx: Database, account: string, seen: Seen, now: number): Promise<void> {
  const named = seen.name === null ? {} : { name: seen.name }
  await trx
    .insertInto('device')
    .values({ account, id: seen.id, name: seen.name ?? '', seen_at: now })
    .onConflict((conflict) => conflict.columns(['account', 'id']).doUpdateSet({ ...named, seen_at: now }))
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

/** Whether there is something to write down of a device that only reads. */
export async function isNews(db: Database, account: string, id: string, now: number): Promise<boolean> {
  const known = await db
    .selectFrom('device')
    .select('seen_at')
    .where('account', '=', account)
    .where('id', '=', id)
    .executeTakeFirst()
  return known === undefined || Math.abs(now - known.seen_at) >= MINUTE
}

/** Forgets devices that have not been here for as long as they would have to read afresh. */
export async function forgetDevices(trx: Database, now: number): Promise<void> {
  await trx
    .deleteFrom('device')
    .where('seen_at', '<', now - RETENTION_MS)
    .execute()
}
