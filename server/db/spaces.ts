import type { Mark } from '../../src/core/protocol.ts'
import type { Database } from './schema.ts'

export interface Space {
  readonly id: string
  readonly seq: number
  readonly retained: number
}

/** The space that an account works in, by membership: the one question that decides what a request may see. */
export async function spaceOf(db: Database, account: string): Promise<Space | null> {
  const found = await db
    .selectFrom('member')
    .innerJoin('space', 'space.id', 'member.space')
    .select(['space.id', 'space.seq', 'space.retained'])
    .where('member.account', '=', account)
    .orderBy('member.at')
    .orderBy('space.id')
    .limit(1)
    .executeTakeFirst()
  return found ?? null
}

/** The account's space, made with its first use. For write transactions. */
export async function ensureSpace(trx: Database, account: string, id: string, now: number): Promise<Space> {
  const held = await spaceOf(trx, account)
  if (held) return held
  await trx.insertInto('space').values({ id, account, seq: 0, retained: 0, created_at: now }).execute()
  await trx.insertInto('member').values({ account, space: id, at: now }).execute()
  return { id, seq: 0, retained: 0 }
}

/** Numbers a change: the space's next seq, with the tag that tells this line of history from a restored one. */
export async function nextSeq(trx: Database, space: string, tag: string, now: number): Promise<number> {
  const { seq } = await trx
    .updateTable('space')
    .set((eb) => ({ seq: eb('seq', '+', 1) }))
    .where('id', '=', space)
    .returning('seq')
    .executeTakeFirstOrThrow()
  await trx.insertInto('change').values({ space, seq, tag, at: now }).execute()
  return seq
}

/**
 * The highest version of any tombstone that the space has forgotten. A device may still hold it: a record made anew
 * under its id has to be above, or that device would drop it.
 */
export async function forgottenVersion(db: Database, space: string): Promise<number> {
  const found = await db
    .selectFrom('space')
    .select('forgotten_version')
    .where('id', '=', space)
    .executeTakeFirst()
  return found?.forgotten_version ?? 0
}

/** When a change was made, or undefined where that is no longer kept. */
export async function timeOf(db: Database, space: string, seq: number): Promise<number | undefined> {
  const change = await db
    .selectFrom('change')
    .select('at')
    .where('space', '=', space)
    .where('seq', '=', seq)
    .executeTakeFirst()
  return change?.at
}

/** The newest change of the space, or null where there is none. */
export async function markOf(db: Database, space: string): Promise<Mark | null> {
  const newest = await db
    .selectFrom('change')
    .select(['seq', 'tag'])
    .where('space', '=', space)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest ?? null
}

/**
 * Whether this server still knows what the device has seen. `diverged`: it was restored from a copy. `expired`:
 * the device was away for longer than tombstones and mutation ids are kept.
 */
export async function checkMark(
  db: Database,
  space: Space,
  mark: Mark | null,
): Promise<'known' | 'expired' | 'diverged'> {
  if (!mark) return 'known'
  if (mark.seq > space.seq) return 'diverged'
  if (mark.seq < space.retained) return 'expired'
  const change = await db
    .selectFrom('change')
    .select('tag')
    .where('space', '=', space.id)
    .where('seq', '=', mark.seq)
    .executeTakeFirst()
  return change?.tag === mark.tag ? 'known' : 'diverged'
}
