import { type Failure, remedy, timedOut } from '../src/core/failure.ts'
import type { Flight } from '../src/core/outbox.ts'
import { PROTOCOL_VERSION } from '../src/core/protocol.ts'
import { applyPush } from '../src/store/apply.ts'
import type { Database } from '../src/store/database.ts'
import { freezeBatch, type OutboxState } from '../src/store/outbox.ts'
import type { EngineWorld } from './engine.ts'
import { halve, nameTooLarge } from './halve.ts'
import { logged, readAfresh, recordFailure } from './record-failure.ts'
import { type Notices, tell } from './tell.ts'

/** One step's surroundings: the store, what was read of it, and the signal that gives the request up. */
export interface Task {
  readonly world: EngineWorld
  readonly db: Database
  /** Whose library it is. Empty only where a session is to be ended: without one nothing is pushed or pulled. */
  readonly account: string
  readonly outbox: OutboxState
  readonly signal: AbortSignal
  /** A person wants it now: it is tried also where the browser says offline. */
  readonly hasty: boolean
  /** Gathers what is to be told when the drain rests or waits. */
  readonly notices: Notices
}

/** A failure: of it so many sends in a row have died that pulls are to be tried; `paused`: it waits, or a person must act. */
export type Pushed = 'through' | 'paused' | Failure

/** Nothing goes through in this outage, as a search has shown: nobody is blamed, and nothing is halved again. */
export const wasSearched = ({ outbox: { connection } }: Task): boolean =>
  connection.is === 'failing' && connection.searched === true

/** Freezes the entries, sends them in one request, applies what comes back; halves what is refused whole. */
export async function pushBatch(task: Task, ids: readonly string[]): Promise<Pushed> {
  const { world, db, outbox } = task
  const flights = await freezeBatch(db, outbox.library.id, ids, world.newId)
  if (flights.length === 0) return 'through'
  world.announce({ v: 1, type: 'status-changed' })
  const failure = await send(task, flights)
  if (!failure) return 'through'
  if (task.signal.aborted) return 'paused'
  if (remedy(failure) === 'halve' && !wasSearched(task)) return halve(task, flights, failure)
  if (await nameTooLarge(task, flights, failure)) return 'through'
  // A device that has seen nothing has nothing to forget: reading afresh would only ask the same again.
  if (failure.is === 'reset' && (outbox.library.mark || outbox.library.cursor > 0))
    return (await readAfresh(task, failure)) ? 'through' : 'paused'
  return recordFailure(task, failure, lookAfter(task, flights, failure))
}

/**
 * After which failed send of a round a pull is tried, to tell a dying request from an outage. Others in the batch, or
 * behind an entry known to die, are not kept waiting for the round's end (traces.md, 26); a time-out has cost 30 s.
 */
function lookAfter({ outbox }: Task, [only, another]: readonly Flight[], failure: Failure): number {
  if (only && outbox.alone.has(only.mutation.record)) return 1
  if (!another) return 0
  return timedOut(failure) ? 1 : 2
}

/** One request for these mutations. null: answered and applied. */
export async function send(task: Task, flights: readonly Flight[]): Promise<Failure | null> {
  const { world, db, account, outbox, signal } = task
  const { id, mark } = outbox.library
  const request = {
    protocol: PROTOCOL_VERSION,
    account,
    now: world.now() + outbox.offset,
    mark,
    // The library's id: another one after a wipe, so that it follows nobody from account to account.
    device: { id, name: outbox.device },
    mutations: flights.filter((flight) => !flight.void).map((flight) => flight.mutation),
    voids: flights.filter((flight) => flight.void).map((flight) => flight.mutation.id),
  }
  const began = world.now()
  const answered = await world.transport.push(request, signal)
  const { mutations, voids } = request
  const ms = world.now() - began
  world.journal.add({ what: 'pushed', mutations: mutations.length, voids: voids.length, ms })
  if (!answered.ok) return logged(world, 'push', answered.problem)
  const { answer, offset } = answered.value
  const applied = await applyPush(db, {
    library: id,
    flights,
    results: answer.results,
    mark: answer.mark,
    now: world.now(),
    offset,
    random: world.random,
  })
  for (const event of applied.events) world.journal.add(event)
  tell(world, applied)
  task.notices.refused.push(...applied.refused)
  // Answered, but for none of these: as no answer, or they would go out again at once for ever.
  return applied.unknown > 1 && applied.unknown === flights.length
    ? { is: 'no-answer', why: 'no results' }
    : null
}
