import { sql } from 'kysely'
import { write } from '../db/transaction.ts'
import { inSteps, type Upkeep } from './tools.ts'
import { TRASH_MS } from './trash.ts'

const DAY = 24 * 3600_000
/** Records looked at in one query. */
const RECORDS = 500
/** Revisions removed in one transaction: each may hold a note of 1 MiB. */
const REVISIONS = 50

interface Place {
  readonly space: string
  readonly id: string
}

/**
 * Removes from the version history what is older than the days kept and not among the newest versions kept of its
 * record. The revision that made a record stays as long as the record: the same POST again is known by it.
 */
export async function pruneHistory(upkeep: Upkeep): Promise<number> {
  let pruned = 0
  let last: Place = { space: '', id: '' }
  await inSteps(upkeep, async () => {
    const page = await recordsAfter(upkeep, last)
    for (const { space, id, beyond } of page)
      if (beyond !== null) pruned += await pruneRecord(upkeep, { space, id }, beyond)
    last = page.at(-1) ?? last
    return page.length
  })
  return pruned
}

/** The next records, each with the newest revision that is not among those kept by number, or null. */
async function recordsAfter({ db, history }: Upkeep, { space, id }: Place) {
  return db
    .selectFrom('record')
    .select((eb) => [
      'record.space',
      'record.id',
      eb
        .selectFrom('revision')
        .select('revision.id')
        .whereRef('revision.space', '=', 'record.space')
        .whereRef('revision.record', '=', 'record.id')
        .orderBy('revision.id', 'desc')
        .limit(1)
        .offset(history.versions)
        .as('beyond'),
    ])
    .where(sql<boolean>`(record.space, record.id) > (${space}, ${id})`)
    .orderBy('record.space')
    .orderBy('record.id')
    .limit(RECORDS)
    .execute()
}

async function pruneRecord(upkeep: Upkeep, { space, id }: Place, beyond: number): Promise<number> {
  const { db, world, history } = upkeep
  const cutoff = world.now() - history.days * DAY
  return inSteps(upkeep, () =>
    write(db, async (trx) => {
      const of = trx.selectFrom('revision').where('space', '=', space).where('record', '=', id)
      const made = of.select('id').where('applied', '=', 1).orderBy('id').limit(1)
      const old = of
        .select('id')
        .where('id', '<=', beyond)
        .where('at', '<', cutoff)
        .where('id', '!=', (eb) => eb.fn.coalesce(made, eb.val(0)))
        .orderBy('id')
        .limit(REVISIONS)
      const { numDeletedRows } = await trx.deleteFrom('revision').where('id', 'in', old).executeTakeFirst()
      return Number(numDeletedRows)
    }),
  )
}

/**
 * An edit that met a deletion for good stays as long as a record stays in the Trash, since its device may bring the
 * record back; where it has not by then, the text goes as the record's own went. Who made it and when stays.
 */
export function stripRefused(upkeep: Upkeep): Promise<number> {
  const { db, world } = upkeep
  const cutoff = world.now() - TRASH_MS
  return inSteps(upkeep, () =>
    write(db, async (trx) => {
      const old = trx
        .selectFrom('record')
        // From the index of tombstones, which serves a literal alone, to theirs: no library is read through every hour.
        .crossJoin('revision')
        .select('revision.id')
        .where('record.purged', '=', sql.lit(1))
        .whereRef('revision.space', '=', 'record.space')
        .whereRef('revision.record', '=', 'record.id')
        .where('revision.applied', '=', 0)
        .where('revision.at', '<=', cutoff)
        .where('revision.fields', '!=', '{}')
        .limit(REVISIONS)
      const { numUpdatedRows } = await trx
        .updateTable('revision')
        .set({ fields: '{}' })
        .where('id', 'in', old)
        .executeTakeFirst()
      return Number(numUpdatedRows)
    }),
  )
}
