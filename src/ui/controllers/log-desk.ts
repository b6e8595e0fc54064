import type { JournalRow } from '../../core/journal.ts'
import type { Database } from '../../store/database.ts'
import { readJournal } from '../../store/journal.ts'
import { downloadJson } from '../export-library.ts'
import type { LogActions } from '../model.ts'

/** The sync log, read from the store and handed out as a file. */
export class LogDesk implements LogActions {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  read(): Promise<readonly JournalRow[]> {
    return readJournal(this.#db)
  }

  async exportFile(): Promise<void> {
    downloadJson({ pawkit: 1, log: await this.read() }, 'sync-log')
  }
}
