import { readChange } from '../core/answer.ts'
import type { Database } from './database.ts'
import { requireLibrary } from './library.ts'

/**
 * What an older Pawkit could not read and this one can is read again: the cursor goes back to before the first of them.
 * What is pulled a second time is dropped by its version. Rejects with OtherLibrary.
 * @returns whether there is something to pull
 */
export function takeUpUnread(db: Database, library: string): Promise<boolean> {
  return db.run(['meta', 'unread'], 'readwrite', async (tx) => {
    const row = await requireLibrary(tx, library)
    const [unread, meta] = [tx.objectStore('unread'), tx.objectStore('meta')]
    const first = (await unread.getAll()).find(({ change }) => readChange(change))
    if (!first) return false
    await unread.delete(IDBKeyRange.lowerBound(first.seq))
    await meta.put({ ...row, cursor: Math.min(row.cursor, first.seq - 1) })
    return true
  })
}
