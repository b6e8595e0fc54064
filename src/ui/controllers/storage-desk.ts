import type { Persistence } from '../../persistence.ts'
import type { Database } from '../../store/database.ts'
import { readSyncState } from '../../store/read.ts'
import type { StorageActions, StorageFacts } from '../model.ts'
import type { Writer } from './writer.ts'

/** How safe the library is on this device. Asks the browser to keep it when the first change of a person is stored. */
export class StorageDesk implements StorageActions {
  readonly #db: Database
  readonly #persistence: Persistence

  constructor(db: Database, persistence: Persistence, writer: Writer) {
    this.#db = db
    this.#persistence = persistence
    writer.listen({ saved: () => persistence.askOnce() })
  }

  async facts(): Promise<StorageFacts> {
    const [persistent, estimate, { entries, library }] = await Promise.all([
      this.#persistence.persistent(),
      this.#persistence.estimate(),
      readSyncState(this.#db),
    ])
    const oldest = library?.account ? Math.min(...entries.map(({ since }) => since)) : Infinity
    return { persistent, ...estimate, oldestUnsynced: Number.isFinite(oldest) ? oldest : null }
  }

  keepSafe(): Promise<boolean> {
    return this.#persistence.ask()
  }
}
