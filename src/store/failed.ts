import { discard, retry } from '../core/failed.ts'
import type { Database } from './database.ts'
import { HELD_STORES, readHeld, writeSettled } from './held.ts'
import { requireLibrary } from './library.ts'

const STORES = [...HELD_STORES, 'meta'] as const

/** Makes failed entries ready again, all of them where no ids are named. */
export function retryFailed(
  db: Database,
  library: string,
  ids: readonly string[] | null,
  now: number,
): Promise<void> {
  return db.run(
    STORES,
    'readwrite',
    async (tx) => {
      await requireLibrary(tx, library)
      const outbox = tx.objectStore('outbox')
      for (const entry of await outbox.getAll()) {
        const asked = ids === null ? entry.state.is !== 'ready' : ids.includes(entry.id)
        if (asked) await outbox.put(retry(entry, now))
      }
    },
    'strict',
  )
}

/** Gives one record's unsent change up; its values go to version history, a record never sent to the Trash. */
export function discardChange(db: Database, library: string, id: string, now: number): Promise<void> {
  return db.run(
    STORES,
    'readwrite',
    async (tx) => {
      await requireLibrary(tx, library)
      await writeSettled(tx, id, discard(await readHeld(tx, id), now), now)
    },
    'strict',
  )
}
