import type { JournalEvent } from '../core/journal.ts'
import { isPurged } from '../core/records.ts'
import { sendWhole } from '../core/reread.ts'
import { remove, tooManyToVanish } from '../core/vanish.ts'
import type { Database, Transaction } from './database.ts'
import { readHeld, writeHeld } from './held.ts'
import { requireLibrary } from './library.ts'
import type { LibraryRow, VanishingRow } from './schema.ts'

/** A fresh read begins: the cursor goes back to the start, the mark is forgotten; outbox and drafts stay. */
export function beginReread(
  db: Database,
  library: string,
  how: 'expired' | 'diverged',
  now: number,
): Promise<void> {
  return db.run(
    ['meta', 'seen', 'vanishing'],
    'readwrite',
    async (tx) => {
      const row = await requireLibrary(tx, library)
      // What was gone may be there again on a restored server; what was not decided yet is found again.
      const undecided = await tx.objectStore(how === 'diverged' ? 'vanishing' : 'seen').getAllKeys()
      await Promise.all([
        ...undecided.map((id) => tx.objectStore('vanishing').delete(id)),
        tx.objectStore('seen').clear(),
        tx.objectStore('meta').put({ ...row, cursor: 0, mark: null, reread: { how }, rereadAt: now }),
      ])
    },
    'strict',
  )
}

/** Remembers, in the page's transaction, that the server has named this record in the read under way. */
export const sawRecord = async (tx: Transaction, id: string): Promise<void> => {
  await tx.objectStore('seen').put({ id })
}

/**
 * A record that would vanish waits in `vanishing`, shown and usable, until the read under way has ended and so
 * counted all. In `seen` too: not decided yet. One that a person is being asked about is not counted again.
 */
export async function park(tx: Transaction, row: VanishingRow): Promise<void> {
  if (!(await tx.objectStore('vanishing').getKey(row.id))) await sawRecord(tx, row.id)
  await tx.objectStore('vanishing').put(row)
}

/** What the end of a read did, for the page and the log. */
export interface Ended {
  readonly ids: string[]
  readonly events: JournalEvent[]
}

/**
 * After the last page of a read, in its transaction. What a restored server lacks is sent whole; when this device was
 * away too long, what is absent and clean here was deleted there. Then those that would vanish by this read go, or
 * stay parked where they are too many. As long as a question is open they join it, however few: what they have in
 * common with the others is for the person to judge, and an answer must not come too late for some.
 */
export async function endRead(
  tx: Transaction,
  { reread }: LibraryRow,
  now: number,
  ended: Ended,
): Promise<void> {
  const records = tx.objectStore('records')
  const vanishing = tx.objectStore('vanishing')
  const seen = new Set(await tx.objectStore('seen').getAllKeys())
  const rows = await vanishing.getAll()
  const fresh = rows.filter(({ id }) => seen.has(id))
  const asked = rows.length > fresh.length
  for (const { id } of rows) seen.add(id)
  for (const id of reread ? await records.getAllKeys() : []) {
    const held = seen.has(id) ? null : await readHeld(tx, id)
    if (held?.record?.version && (reread?.how === 'diverged' || isPurged(held.record))) {
      await writeHeld(tx, id, sendWhole(held, now))
      ended.ids.push(id)
    } else if (held?.record?.version && !held.entry) fresh.push({ id, tombstone: null })
    // Edited here, it goes whole, whatever becomes of the edit: the server has nothing that it could be as.
    else if (held?.base) await writeHeld(tx, id, { ...held, base: { ...held.base, version: 0 } })
  }
  await tx.objectStore('seen').clear()
  // How many there are with content is read only when it matters.
  const all = tooManyToVanish(fresh.length, 0) ? await records.getAll() : []
  const held = all.filter((record) => !isPurged(record)).length
  const park = fresh.length > 0 && (asked || tooManyToVanish(fresh.length, held))
  if (park) ended.events.push({ what: 'parked-vanishing', records: fresh.length })
  for (const row of fresh) {
    if (park) await vanishing.put(row)
    else {
      await writeHeld(tx, row.id, remove(row.tombstone))
      await vanishing.delete(row.id)
      ended.ids.push(row.id)
    }
  }
}
