import { RETENTION_MS } from '../../src/core/protocol.ts'
import type { Database } from './schema.ts'

/**
 * A device that reads afresh goes through records whose seqs are below what is kept, and so holds cursors that look
 * like those of one that was away too long. Each such cursor is written down when it is given out, with the time when
 * the read began: until that is as long ago as tombstones are kept, nothing has been forgotten that the read would
 * have to tell. Of two reads at one place the older counts, so that none lasts longer.
 */
export async function keepPlace(
  trx: Database,
  space: string,
  place: { readonly cursor: number; readonly began: number },
): Promise<void> {
  await trx
    .insertInto('reading')
    .values({ space, ...place })
    .onConflict((conflict) =>
      conflict
        .columns(['space', 'cursor'])
        .doUpdateSet((eb) => ({ began: eb.fn<number>('min', ['reading.began', 'excluded.began']) })),
    )
    .execute()
}

/** When the read that was given this cursor began, or null where there is no such read, or it began too long ago. */
export async function readBegan(
  db: Database,
  space: string,
  cursor: number,
  now: number,
): Promise<number | null> {
  const found = await db
    .selectFrom('reading')
    .select('began')
    .where('space', '=', space)
    .where('cursor', '=', cursor)
    .executeTakeFirst()
  return found && found.began >= now - RETENTION_MS ? found.began : null
}

/** Forgets reads that began too long ago to be gone on with. */
export async function forgetPlaces(trx: Database, now: number): Promise<void> {
  await trx
    .deleteFrom('reading')
    .where('began', '<', now - RETENTION_MS)
    .execute()
}
