import type { Persistence } from '../../persistence.ts'
import type { Presence } from '../../presence.ts'
import type { Database } from '../../store/database.ts'
import type { LibraryRow } from '../../store/schema.ts'
import type { PokeStream } from '../../stream.ts'
import type { UpdateOffer } from '../../update-offer.ts'
import type { WorkerClient } from '../../worker-client.ts'

/** What main.ts hands in. */
export interface PageWorld {
  readonly db: Database
  readonly library: LibraryRow
  readonly worker: WorkerClient | null
  readonly stream: PokeStream | null
  readonly update: UpdateOffer
  /** This tab's own memory, which a reload does not end. */
  readonly tabMemory: () => Storage
  readonly persistence: Persistence
  readonly presence: Pick<Presence, 'id' | 'visible' | 'focused' | 'returned' | 'claim' | 'shown' | 'held'>
  readonly now: () => number
  readonly newId: () => string
}
