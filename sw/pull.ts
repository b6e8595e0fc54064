import { FINE } from '../src/core/backoff.ts'
import { asksForPause, remedy, timedOut } from '../src/core/failure.ts'
import { PULL_LIMITS } from '../src/core/protocol.ts'
import { applyPage, remember } from '../src/store/apply.ts'
import { writeConnection } from '../src/store/outbox.ts'
import type { Task } from './push.ts'
import { logged, readAfresh, recordFailure } from './record-failure.ts'
import { tell } from './tell.ts'

/** A page that came sooner, ms, leaves time for one of twice the size. */
const SOON = 10_000

/**
 * Reads one page of changes after the cursor and applies it with the cursor in one transaction.
 * @param aside tried beside a push that fails: an outage is counted there, not twice
 */
export async function pullOnce(task: Task, aside = false): Promise<'more' | 'up-to-date' | 'failed'> {
  const { world, db, account, outbox, signal } = task
  const { id, cursor, mark, pull = PULL_LIMITS.records } = outbox.library
  const began = world.now()
  const answered = await world.transport.pull(
    { account, device: id, after: cursor, mark, limit: pull },
    signal,
  )
  if (signal.aborted) return 'failed'
  if (!answered.ok) {
    logged(world, 'pull', answered.problem)
    // It would take as long each time it is asked for: stored, for a worker may die before it gets through.
    if (timedOut(answered.problem)) await remember(db, id, { pull: Math.ceil(pull / 4) })
    if (answered.problem.is === 'reset' && (mark || cursor > 0))
      return (await readAfresh(task, answered.problem)) ? 'more' : 'failed'
    if (!aside || remedy(answered.problem) !== 'wait' || asksForPause(answered.problem))
      await recordFailure(task, answered.problem)
    return 'failed'
  }
  const { answer, offset } = answered.value
  const page = {
    library: id,
    changes: answer.changes,
    after: cursor,
    cursor: answer.cursor,
    more: answer.more && answer.cursor > cursor,
    mark: answer.mark,
    now: world.now(),
    offset,
    pull: world.now() - began > SOON ? pull : twice(pull),
  }
  const applied = await applyPage(db, page)
  const changes = answer.changes.length
  world.journal.add({
    what: 'pulled',
    after: cursor,
    cursor: answer.cursor,
    changes,
    ms: world.now() - began,
  })
  for (const event of applied.events) world.journal.add(event)
  tell(world, applied)
  // Answered: whatever was said of this session or version before is over.
  const paused = outbox.connection.is === 'signed-out' || outbox.connection.is === 'too-old'
  if (paused) await writeConnection(db, id, FINE)
  if (answer.more && answer.cursor > cursor) return 'more'
  // A push that fails keeps its backoff, whatever a pull can do; without one the connection is well.
  if (outbox.connection.is !== 'fine' && outbox.due.length === 0) await writeConnection(db, id, FINE)
  if (outbox.sendable === 0) await remember(db, id, { lastSynced: world.now() })
  return 'up-to-date'
}

const twice = (pull: number): number | undefined => (2 * pull < PULL_LIMITS.records ? 2 * pull : undefined)
