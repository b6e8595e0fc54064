import { discard, retry } from '../core/failed.ts'
import type { Database } from './database.ts'
import { HELD_STORES, readHeld, writeSettled } from './held.ts'
import { Journal } from './journal.ts'
import { requireWriting, type Writing } from './session.ts'

const STORES = [...HELD_STORES, 'meta', 'session'] as const

/** Makes failed entries ready again, all of them where no ids are named. */
export async function retryFailed(
  db: Database,
  // Taken here: the page may be given another one before the line is written.
  { library, epoch }: Writing,
  ids: readonly string[] | null,
  now: number,
): Promise<void> {
  const retried = await db.run(
    STORES,
    'readwrite',
    async (tx) => {
      await requireWriting(tx, { library, epoch })
      const outbox = tx.objectStore('outbox')
      const entries = (await outbox.getAll()).filter(({ id, state }) =>
        // One that was offered before a conflict came decides nothing.
        ids === null
          ? state.is !== 'ready' && state.is !== 'conflict'
          : ids.includes(id) && state.is !== 'conflict',
      )
      for (const entry of entries) await outbox.put(retry(entry, now))
      return entries.map(({ id }) => id)
    },
    'strict',
  )
  await log(db, 'retried', retried, epoch, now)
}

/**
 * Gives one record's unsent change up; its values go to version history, a record never sent to the Trash. False: it is in
 * conflict by now, which decides between what nobody has been shown.
 */
export async function discardChange(
  db: Database,
  { library, epoch }: Writing,
  id: string,
  now: number,
): Promise<boolean> {
  const discarded = await db.run(
    STORES,
    'readwrite',
    async (tx) => {
      await requireWriting(tx, { library, epoch })
      const held = await readHeld(tx, id)
      if (held.entry?.state.is === 'conflict') return false
      await writeSettled(tx, id, discard(held, now), now)
      return true
    },
    'strict',
  )
  if (discarded) await log(db, 'discarded', [id], epoch, now)
  return discarded
}

/** In a transaction of its own: a full log must not undo what a person asked for. */
function log(
  db: Database,
  what: 'retried' | 'discarded',
  records: readonly string[],
  epoch: number,
  now: number,
): Promise<void> {
  const journal = new Journal(
    async () => db,
    () => now,
  )
  for (const record of records) journal.add({ what, record, epoch })
  return journal.flush()
}
