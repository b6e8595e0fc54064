import { type Place, presenceLock, type Right } from '../core/session.ts'
import type { Database } from './database.ts'
import { type HeldLocks, readRight, wantRight } from './session.ts'

/** A tab that does not answer for so long is frozen or hangs, and is overtaken; ms. */
export const HAND_OVER_LIMIT = 1500

/** What the worker, or a page that no worker answers, needs to give the right to another session. */
export interface TakeOverWorld {
  readonly db: Database
  readonly heldLocks: HeldLocks
  /** Asks the session that has the right to hand it over; where its person was typing, null after `limit` ms. */
  readonly handOver: (session: string, limit: number) => Promise<Place | null>
}

export interface Taken {
  readonly right: Right
  readonly place: Place | null
}

/**
 * A person takes control in `session`: whoever has the right first commits what was typed there and says where; then
 * the epoch is raised, and what that tab writes from then on is refused.
 */
export async function takeOver(
  { db, heldLocks, handOver }: TakeOverWorld,
  session: string,
  limit = HAND_OVER_LIMIT,
): Promise<Taken> {
  const { active } = await readRight(db)
  const held = active !== null && active !== session && (await heldLocks()).includes(presenceLock(active))
  const place = held ? await handOver(active, limit) : null
  return { right: await wantRight(db, session, 'take', heldLocks), place }
}
