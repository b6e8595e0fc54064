import { JOURNAL_ROWS, type JournalEvent, type JournalRow } from '../core/journal.ts'
import type { Database } from './database.ts'

/** As many rows as wait in memory for a log that cannot be written. */
const KEPT = 100

/**
 * The sync log's writer. Rows gather in memory and go down in transactions of their own: a full disk must cost the
 * log and never an edit (traces.md, 50).
 */
export class Journal {
  readonly #database: () => Promise<Database>
  readonly #now: () => number
  #rows: JournalRow[] = []

  constructor(database: () => Promise<Database>, now: () => number) {
    this.#database = database
    this.#now = now
  }

  add(event: JournalEvent): void {
    this.#rows.push({ at: this.#now(), event })
  }

  /** Never rejects. */
  async flush(): Promise<void> {
    const rows = this.#rows
    this.#rows = []
    if (rows.length === 0) return
    try {
      await append(await this.#database(), rows)
    } catch {
      // Sync goes on; what cannot be logged now may be with the next, if it is not too much.
      this.#rows = rows.concat(this.#rows).slice(-KEPT)
    }
  }
}

function append(db: Database, rows: readonly JournalRow[]): Promise<void> {
  return db.run(['journal'], 'readwrite', async (tx) => {
    const journal = tx.objectStore('journal')
    const keys = await Promise.all(rows.map((row) => journal.add(row)))
    const newest = Math.max(...keys)
    if (newest > JOURNAL_ROWS) await journal.delete(IDBKeyRange.upperBound(newest - JOURNAL_ROWS))
  })
}

/** The log, newest first. */
export function readJournal(db: Database): Promise<JournalRow[]> {
  return db.run(['journal'], 'readonly', async (tx) => (await tx.objectStore('journal').getAll()).reverse())
}
