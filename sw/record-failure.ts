import { afterFailure, untilNextSend } from '../src/core/backoff.ts'
import { asksForPause, type Failure } from '../src/core/failure.ts'
import { writeConnection } from '../src/store/outbox.ts'
import type { EngineWorld } from './engine.ts'
import type { Pushed, Task } from './push.ts'
import { tellOutage } from './tell.ts'

/** Puts a failed request into the sync log, as every failed attempt is (P11). */
export function logged(world: EngineWorld, doing: 'push' | 'pull' | 'sign-out', failure: Failure): Failure {
  const why = 'status' in failure ? `status ${failure.status}` : 'why' in failure ? failure.why : ''
  world.journal.add({ what: 'failed', doing, failure: failure.is, why })
  return failure
}

/**
 * Stores what a failed request means for the next one.
 * @param look the failed send of a round after which pulls are tried; 0: the last
 */
export async function recordFailure(
  { world, db, outbox }: Task,
  failure: Failure,
  look = 0,
): Promise<Pushed> {
  // Tried at a person's word while the browser said offline: it was right, and no server failed.
  if (failure.is === 'no-answer' && !world.online()) return 'paused'
  const row = afterFailure(outbox.connection, failure, world.now(), world.random())
  await writeConnection(db, outbox.library.id, row)
  const ms = untilNextSend(row, world.now())
  if (row.is === 'failing' && ms !== null)
    world.journal.add({ what: 'retry-planned', ms, rounds: row.rounds })
  if (row.is === 'failing' && row.rounds === 1 && row.sends === 0) tellOutage(world, row.why, outbox.sendable)
  world.announce({ v: 1, type: 'status-changed' })
  return row.is === 'failing' && row.sends === look && !asksForPause(failure) ? 'round-over' : 'paused'
}
