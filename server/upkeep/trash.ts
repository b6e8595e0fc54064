import { findRecord } from '../db/records.ts'
import type { Tx } from '../db/schema.ts'
import { savepoint, write } from '../db/transaction.ts'
import { type Writer, writeRecord } from '../db/write-record.ts'
import { inSteps, type Upkeep } from './tools.ts'

/** So long a record stays in the trash. */
export const TRASH_MS = 30 * 24 * 3600_000

/** Records a transaction: each takes half a dozen statements. */
const RECORDS = 25

/**
 * Empties the trash of what has been in it for 30 days by the server's clock: an ordinary change by nobody, which
 * leaves a tombstone and reaches every device by the feed. Returns how many records went.
 */
export async function emptyTrash(upkeep: Upkeep): Promise<number> {
  let failed = 0
  const gone = await inSteps(upkeep, async () => {
    const { due, purged } = await purgeSome(upkeep, failed)
    failed += due - purged
    return due
  })
  return gone - failed
}

/** Those that failed stay where they are, oldest first, and are passed over until the next pass. */
async function purgeSome(
  { db, world, pokes, logger }: Upkeep,
  failed: number,
): Promise<{ due: number; purged: number }> {
  const now = world.now()
  const newest = new Map<string, number>()
  const counts = await write(db, async (trx) => {
    const due = await trx
      .selectFrom('record')
      .select(['space', 'id'])
      .where('deleted', '=', 1)
      .where('purged', '=', 0)
      .where('deleted_at', '<=', now - TRASH_MS)
      .orderBy('deleted_at')
      .orderBy('space')
      .orderBy('id')
      .limit(RECORDS)
      .offset(failed)
      .execute()
    let purged = 0
    for (const { space, id } of due) {
      try {
        newest.set(
          space,
          await savepoint(trx, () => purge(trx, { space, account: '', device: '', world, now }, id)),
        )
        purged += 1
      } catch (error) {
        logger.error({ err: error, record: id }, 'a record in the trash could not be removed')
      }
    }
    return { due: due.length, purged }
  })
  for (const [space, seq] of newest) pokes.publish(space, seq)
  return counts
}

async function purge(trx: Tx, writer: Writer, id: string): Promise<number> {
  const current = await findRecord(trx, writer.space, id)
  if (!current) throw new Error('it is not there')
  const { seq } = await writeRecord(trx, writer, {
    id,
    kind: current.kind,
    current,
    version: current.version + 1,
    fields: { deleted: true, purged: true },
    stamps: { purged: writer.now },
    mutation: null,
  })
  return seq
}
