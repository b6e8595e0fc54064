import { readChange } from '../src/core/answer.ts'
import { untilAllowed } from '../src/core/backoff.ts'
import { asksForPause, type Failure } from '../src/core/failure.ts'
import { type Change, type DigestRequest, PULL_LIMITS } from '../src/core/protocol.ts'
import { bad, ok, type Result } from '../src/core/result.ts'
import type { Compared, Repairing } from '../src/core/verify.ts'
import { readOutbox } from '../src/store/outbox.ts'
import { repair } from '../src/store/repair.ts'
import type { Engine, EngineWorld } from './engine.ts'
import { recordFailure } from './record-failure.ts'
import { type Notices, tellGathered } from './tell.ts'
import type { Timed } from './transport.ts'

/** Asks the server for its digests; unlike a repair, not alone: nothing here is changed by it. */
export const compare = (engine: Engine, world: EngineWorld, request: DigestRequest): Promise<Compared> =>
  politely(world, () => world.transport.digests(request, engine.signal))

/** Not in a pause that the server asked for; one that it asks for now holds for everything else too (P9). */
async function politely<T>(
  world: EngineWorld,
  request: () => Promise<Result<Timed<T>, Failure>>,
): Promise<Result<Timed<T>, Failure>> {
  const db = await world.database()
  const before = await readOutbox(db, world.now())
  const after = before ? untilAllowed(before.connection, world.now()) : 0
  if (after > 0) return bad({ is: 'busy', after })
  const answered = await request()
  if (answered.ok || !asksForPause(answered.problem)) return answered
  const outbox = await readOutbox(db, world.now())
  const notices: Notices = { refused: [], outage: null }
  if (outbox) await recordFailure({ world, db, outbox, notices }, answered.problem)
  tellGathered(world, notices)
  return answered
}

/**
 * Repairs records that the page found to differ: fetched as the server has them, brought together in one transaction,
 * alone like every step of the engine; what is then to be sent is sent.
 */
export async function repairRecords(
  engine: Engine,
  world: EngineWorld,
  library: string,
  ids: readonly string[],
): Promise<Repairing> {
  let result: Repairing = ok(null)
  await world.alone(async () => {
    result = await fetchAndRepair(world, library, ids, engine.signal)
  })
  await engine.wake('sync-now', 0)
  return result
}

async function fetchAndRepair(
  world: EngineWorld,
  library: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Repairing> {
  const db = await world.database()
  const outbox = await readOutbox(db, world.now())
  if (!outbox?.library.account) return ok(null)
  const { account, cursor, mark, pull: limit = PULL_LIMITS.records } = outbox.library
  const changes = new Map<string, Change | null>()
  let unread = false
  for (let after = 0; ; ) {
    const answered = await politely(world, () =>
      world.transport.pull({ account: account.id, after, mark, limit, ids }, signal),
    )
    if (!answered.ok) return answered
    const { answer, offset } = answered.value
    // Something new there; or a page that leads nowhere, and what it leaves out is not known to be missing.
    if (answer.cursor > cursor || (answer.more && answer.cursor <= after)) return ok(null)
    after = answer.cursor
    for (const change of answer.changes.map(readChange))
      if (change) changes.set(change.record.id, change)
      else unread = true
    if (answer.more) continue
    // What is not named may be what this version cannot read, and not be missing.
    for (const id of unread ? ids : []) if (!changes.has(id)) changes.set(id, null)
    const repaired = await repair(db, library, ids, changes, world.now(), world.now() + offset)
    world.announce({ v: 1, type: 'records-changed', ids })
    return ok(repaired)
  }
}
