import { isCompared, recordDigest } from '../core/record-digest.ts'
import type { Database } from './database.ts'
import { requireLibrary } from './library.ts'
import type { LibraryRow, StoredRecord } from './schema.ts'

/** So many records are in memory at once, and read in one transaction: who types waits for none longer. */
const ROWS = 500

/** What of this device can be compared, and the cursor at which it was read. */
export interface Clean {
  readonly library: LibraryRow
  readonly digests: ReadonlyMap<string, number>
  /** Records with changes that the server does not have yet. */
  readonly without: readonly string[]
}

/**
 * Digests of the clean records at one cursor; what is dirty or would vanish is left out. null: a pull came between.
 * What was pushed between has a seq above the cursor, which the server's answer tells; what was typed is in the
 * outbox by the end.
 */
export async function readClean(db: Database, id: string): Promise<Clean | null> {
  const { cursor } = await db.run(['meta'], 'readonly', (tx) => requireLibrary(tx, id))
  const digests = new Map<string, number>()
  let last = ''
  for (;;) {
    const rows = await pageAfter(db, last)
    if (rows.length === 0) break
    for (const record of rows) {
      last = record.id
      if (isCompared(record)) digests.set(last, recordDigest(record))
    }
  }
  return db.run(['outbox', 'vanishing', 'meta'], 'readonly', async (tx) => {
    const library = await requireLibrary(tx, id)
    if (library.reread || library.cursor !== cursor) return null
    const without = await tx.objectStore('outbox').getAllKeys()
    for (const aside of [...without, ...(await tx.objectStore('vanishing').getAllKeys())])
      digests.delete(aside)
    return { library, digests, without }
  })
}

const pageAfter = (db: Database, id: string): Promise<StoredRecord[]> =>
  db.run(['records'], 'readonly', (tx) =>
    tx.objectStore('records').getAll(IDBKeyRange.lowerBound(id, true), ROWS),
  )
