import { afterFailure, untilNextSend } from '../src/core/backoff.ts'
import { asksForPause, type Failure } from '../src/core/failure.ts'
import { writeConnection } from '../src/store/outbox.ts'
import { beginReread } from '../src/store/reread.ts'
import type { EngineWorld } from './engine.ts'
import type { Pushed, Task } from './push.ts'

/** Puts a failed request into the sync log, as every failed attempt is (P11). */
export function logged(world: EngineWorld, doing: 'push' | 'pull' | 'sign-out', failure: Failure): Failure {
  const why = 'status' in failure ? `status ${failure.status}` : 'why' in failure ? failure.why : ''
  world.journal.add({ what: 'failed', doing, failure: failure.is, why })
  return failure
}

/**
 * Stores what a failed request means for the next one.
 * @param look the failed send of a round after which pulls are tried; 0: the last
 * @param searched what the server refuses was searched for, and nothing went through
 */
export async function recordFailure(
  { world, db, outbox, notices }: Pick<Task, 'world' | 'db' | 'outbox' | 'notices'>,
  failure: Failure,
  look = 0,
  searched = false,
): Promise<Pushed> {
  // Tried at a person's word while the browser said offline: it was right, and no server failed.
  if (failure.is === 'no-answer' && !world.online()) return 'paused'
  const after = afterFailure(outbox.connection, failure, world.now(), world.random())
  const row = after.is === 'failing' && searched ? { ...after, searched } : after
  const waiting = outbox.sendable
  const tells = row.is === 'failing' && !row.told && row.rounds > 0 && waiting > 0
  if (tells) notices.outage = { is: 'outage', why: row.why, waiting }
  await writeConnection(db, outbox.library.id, tells ? { ...row, told: true } : row)
  world.announce({ v: 1, type: 'status-changed' })
  const ms = untilNextSend(row, world.now())
  if (row.is !== 'failing' || ms === null) return 'paused'
  world.journal.add({ what: 'retry-planned', ms, rounds: row.rounds })
  return row.sends === look && !asksForPause(failure) ? failure : 'paused'
}

/** A fresh read at most so often without a wait: a server that asks for it again and again is a failing one. */
const SELDOM = 3600_000

/** The server says that the library is to be read afresh. False: after a wait, as it has said so of late. */
export async function readAfresh(task: Task, failure: Failure & { readonly is: 'reset' }): Promise<boolean> {
  const { world, db, outbox } = task
  const { id, rereadAt } = outbox.library
  const now = world.now()
  world.journal.add({ what: 'rereading', how: failure.how })
  await beginReread(db, id, failure.how, now)
  if (rereadAt === undefined || Math.abs(now - rereadAt) > SELDOM) return true
  await recordFailure(task, failure)
  return false
}
