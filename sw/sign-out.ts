import { remedy } from '../src/core/failure.ts'
import { forgetDevice } from '../src/store/library.ts'
import type { Task } from './push.ts'
import { logged, recordFailure } from './record-failure.ts'

/**
 * Ends the session at the server after the library was wiped here. Until it is answered nothing else is sent or
 * pulled: a cookie that outlives the wipe would bring the library back (traces.md, 22).
 */
export async function endSession(task: Task): Promise<void> {
  const answered = await task.world.transport.signOut(task.signal)
  if (!answered.ok) logged(task.world, 'sign-out', answered.problem)
  // No session of this library is left to be ended where the answer is that there is none, or another's.
  if (answered.ok || remedy(answered.problem) === 'sign-in') {
    task.world.journal.add({ what: 'session-ended' })
    await forgetDevice(task.db, 'sign-out')
    task.world.announce({ v: 1, type: 'status-changed' })
  } else if (!task.signal.aborted) await recordFailure(task, answered.problem)
}
