import { sendWhole, tooManyToVanish } from '../core/reread.ts'
import type { Database, Transaction } from './database.ts'
import { readHeld, writeHeld } from './held.ts'
import { requireLibrary } from './library.ts'
import type { LibraryRow } from './schema.ts'

/** A fresh read begins: the cursor goes back to the start, the mark is forgotten; outbox and drafts stay. */
export function beginReread(db: Database, library: string, how: 'expired' | 'diverged'): Promise<void> {
  return db.run(
    ['meta', 'seen'],
    'readwrite',
    async (tx) => {
      const row = await requireLibrary(tx, library)
      await Promise.all([
        tx.objectStore('seen').clear(),
        tx.objectStore('meta').put({ ...row, cursor: 0, mark: null, reread: { how } }),
      ])
    },
    'strict',
  )
}

/** Remembers, in the page's transaction, that the server still has this record. */
export const sawRecord = async (tx: Transaction, id: string): Promise<void> => {
  await tx.objectStore('seen').put({ id })
}

/**
 * After the last page, in its transaction. What the server lacks is sent whole when it was restored; when this
 * device was away too long, what is absent and clean here was deleted there.
 * @returns the ids that changed
 */
export async function endReread(tx: Transaction, library: LibraryRow, now: number): Promise<string[]> {
  const [ids, seen] = await Promise.all([
    tx.objectStore('records').getAllKeys(),
    tx.objectStore('seen').getAllKeys(),
  ])
  const known = new Set(seen)
  const absent: string[] = []
  for (const id of ids) {
    const held = known.has(id) ? null : await readHeld(tx, id)
    if (held?.record && held.record.version > 0) absent.push(id)
  }
  const changed =
    library.reread?.how === 'diverged'
      ? await sendAll(tx, absent, now)
      : await dropDeleted(tx, absent, ids.length)
  await tx.objectStore('seen').clear()
  return changed
}

async function sendAll(tx: Transaction, absent: readonly string[], now: number): Promise<string[]> {
  for (const id of absent) await writeHeld(tx, id, sendWhole(await readHeld(tx, id), now))
  return [...absent]
}

async function dropDeleted(tx: Transaction, absent: readonly string[], all: number): Promise<string[]> {
  const clean: string[] = []
  for (const id of absent) if (!(await readHeld(tx, id)).entry) clean.push(id)
  if (tooManyToVanish(clean.length, all)) return []
  for (const id of clean) await writeHeld(tx, id, { record: null, base: null, entry: null })
  return clean
}
