import { isTooOld } from '../src/core/backoff.ts'
import { SYNC_QUEUES } from '../src/core/messages.ts'
import type { Database } from '../src/store/database.ts'
import { readDevice, writeDevice } from '../src/store/library.ts'
import { readOutbox } from '../src/store/outbox.ts'
import type { Engine, EngineWorld } from './engine.ts'

/** Chromium ends a sync event after three minutes and counts it as failed. */
export const SYNC_PATIENCE = 150_000
const LOOK_AGAIN = 1000

/**
 * Ends well only when nothing sendable is left: the registration goes with success, and a due time that is still
 * to come would then wake nobody (traces.md, 13). Must throw an Error: Workbox takes anything else for success.
 */
export async function onSync(
  engine: Engine,
  world: EngineWorld,
  isActive: () => boolean,
  tag: number,
): Promise<void> {
  // Workbox replays at start-up where Background Sync is missing; a waiting worker must not open the database.
  if (!isActive()) return
  const until = world.now() + SYNC_PATIENCE
  await engine.wake('sync-event', SYNC_PATIENCE)
  const db = await world.database()
  // Chromium still fires a second or two after the network has gone, and when it starts without one: an attempt that
  // ended at once would use up this tag and then the next two. No worker hears of a real network's return, so it looks.
  while (!world.online() && world.now() < until && (await hasSendable(db, world.now()))) {
    await world.sleep(LOOK_AGAIN, new AbortController().signal)
    if (world.online()) await engine.wake('sync-event', until - world.now())
  }
  if (!(await hasSendable(db, world.now()))) {
    world.announce({ v: 1, type: 'drained', tag })
    return
  }
  const next = (tag + 1) % SYNC_QUEUES.length
  await writeDevice(db, { key: 'sync-tag', tag: next })
  world.announce({ v: 1, type: 'failed', tag: next })
  throw new Error('Changes wait.')
}

async function hasSendable(db: Database, now: number): Promise<boolean> {
  const outbox = await readOutbox(db, now)
  if (!outbox) return false
  if (await readDevice(db, 'sign-out')) return true
  const paused = outbox.connection.is === 'signed-out' || isTooOld(outbox.connection)
  return outbox.library.account !== null && !paused && outbox.sendable > 0
}
