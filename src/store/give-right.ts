import type { Announcement } from '../core/messages.ts'
import type { Place, Wanting } from '../core/session.ts'
import type { Database } from './database.ts'
import { askToHandOver } from './hand-over.ts'
import { type HeldLocks, wantRight } from './session.ts'
import { HAND_OVER_LIMIT, type Taken, takeOver } from './take-over.ts'

/** What whoever gives the right needs of the outside. */
export interface RightsWorld {
  readonly db: Database
  readonly heldLocks: HeldLocks
  /** null: there is nobody to be told. */
  readonly channel: Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'removeEventListener'> | null
}

/**
 * Gives the right to write to one session at a time, and says that it did: the worker when a page asks it, a page that
 * gets no answer by itself. A tab that does not hand over within `limit` ms is overtaken. All that it knows is in the store
 * and in the locks, so that either may die at any moment.
 */
export async function giveRight(
  { db, heldLocks, channel }: RightsWorld,
  session: string,
  wanting: Wanting,
  limit = HAND_OVER_LIMIT,
): Promise<Taken> {
  const handOver = async (from: string, patience: number): Promise<Place | null> =>
    channel && askToHandOver(channel, from, patience)
  const taken =
    wanting === 'take'
      ? await takeOver({ db, heldLocks, handOver }, session, limit)
      : { right: await wantRight(db, session, wanting, heldLocks), place: null }
  channel?.postMessage({ v: 1, type: 'right-changed' } satisfies Announcement)
  return taken
}
