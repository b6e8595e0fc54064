import type { Announcement, ToWorker } from '../src/core/messages.ts'
import type { Place } from '../src/core/session.ts'
import type { Database } from '../src/store/database.ts'
import { askToHandOver } from '../src/store/hand-over.ts'
import { type HeldLocks, wantRight } from '../src/store/session.ts'
import { type Taken, takeOver } from '../src/store/take-over.ts'

/** What the coordinator needs of the outside. */
export interface CoordinatorWorld {
  readonly database: () => Promise<Database>
  readonly heldLocks: HeldLocks
  readonly channel: BroadcastChannel
}

/**
 * Gives the right to write to one page at a time, and says that it did. All it knows is in the store and in the locks,
 * so that it may die at any moment; a page that gets no answer does the same by itself.
 */
export async function giveRight(
  { database, heldLocks, channel }: CoordinatorWorld,
  { session, wanting }: Extract<ToWorker, { type: 'right' }>,
): Promise<Taken> {
  const db = await database()
  const handOver = (from: string, limit: number): Promise<Place | null> => askToHandOver(channel, from, limit)
  const taken =
    wanting === 'take'
      ? await takeOver({ db, heldLocks, handOver }, session)
      : { right: await wantRight(db, session, wanting, heldLocks), place: null }
  channel.postMessage({ v: 1, type: 'right-changed' } satisfies Announcement)
  return taken
}
