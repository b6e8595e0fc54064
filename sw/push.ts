import { afterFailure, untilNextSend } from '../src/core/backoff.ts'
import { type Failure, remedy } from '../src/core/failure.ts'
import type { Flight } from '../src/core/outbox.ts'
import { PROTOCOL_VERSION } from '../src/core/protocol.ts'
import { type RecordState, titleOf } from '../src/core/records.ts'
import { type Applied, applyPush, setAside } from '../src/store/apply.ts'
import type { Database } from '../src/store/database.ts'
import { freezeBatch, type OutboxState, writeConnection } from '../src/store/outbox.ts'
import { beginReread } from '../src/store/reread.ts'
import type { EngineWorld } from './engine.ts'

/** One step's surroundings: the store, what was read of it, and the signal that gives the request up. */
export interface Task {
  readonly world: EngineWorld
  readonly db: Database
  readonly outbox: OutboxState
  readonly signal: AbortSignal
}

/** `round-over`: three sends in a row have failed; `paused`: it must wait or a person must act. */
export type Pushed = 'through' | 'round-over' | 'paused'

/** Freezes the entries, sends them in one request, applies what comes back; halves what is refused whole. */
export async function pushBatch(task: Task, ids: readonly string[]): Promise<Pushed> {
  const { world, db, outbox } = task
  const flights = await freezeBatch(db, outbox.library.id, ids, world.newId)
  if (flights.length === 0) return 'through'
  world.announce({ v: 1, type: 'status-changed' })
  const failure = await send(task, flights)
  if (!failure) return 'through'
  if (task.signal.aborted) return 'paused'
  if (remedy(failure) === 'halve') return halve(task, flights, failure)
  // A device that has seen nothing has nothing to forget: reading afresh would only ask the same again.
  if (failure.is === 'reset' && (outbox.library.mark || outbox.library.cursor > 0)) {
    world.journal.add({ what: 'rereading', how: failure.how })
    await beginReread(db, outbox.library.id, failure.how)
    return 'through'
  }
  return recordFailure(task, failure)
}

/** One request for these mutations. null: answered and applied. */
async function send(task: Task, flights: readonly Flight[]): Promise<Failure | null> {
  const { world, db, outbox, signal } = task
  const { account, id, mark } = outbox.library
  if (!account) return { is: 'signed-out' }
  const request = {
    protocol: PROTOCOL_VERSION,
    account: account.id,
    now: world.now() + outbox.offset,
    mark,
    mutations: flights.filter((flight) => !flight.void).map((flight) => flight.mutation),
    voids: flights.filter((flight) => flight.void).map((flight) => flight.mutation.id),
  }
  const began = world.now()
  const answered = await world.transport.push(request, signal)
  world.journal.add({ what: 'pushed', mutations: flights.length, ms: world.now() - began })
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
  // Answered, but for none of these: as no answer, or they would go out again at once for ever.
  return applied.unknown > 1 && applied.unknown === flights.length
    ? { is: 'no-answer', why: 'no result for any mutation' }
    : null
}

/** Puts a failed request into the sync log, as every failed attempt is (P11). */
export function logged(world: EngineWorld, doing: 'push' | 'pull' | 'sign-out', failure: Failure): Failure {
  const why = 'status' in failure ? `status ${failure.status}` : 'why' in failure ? failure.why : ''
  world.journal.add({ what: 'failed', doing, failure: failure.is, why })
  return failure
}

export function tell(world: EngineWorld, applied: Applied): void {
  if (applied.ids.length > 0) world.announce({ v: 1, type: 'records-changed', ids: applied.ids })
  world.announce({ v: 1, type: 'status-changed' })
  for (const record of applied.returned) {
    world.announce({
      v: 1,
      type: 'notice',
      kind: 'status',
      text: `“${titleOf(record)}” was deleted on one device and edited on another. The edit was kept, so it is back.`,
    })
  }
  for (const { record, message } of applied.refused) tellRefused(world, record, message)
}

function tellRefused(world: EngineWorld, record: RecordState, message: string): void {
  const text = `“${titleOf(record)}” is saved on this device, but the server refused it: ${message} Change it, and it is sent again.`
  world.announce({ v: 1, type: 'notice', kind: 'alert', text })
}

/**
 * The whole request was refused: halves are sent at once, so that what is refused alone delays nobody. Where two
 * were refused alone and nothing has gone through, the rest is tried as it is; where none of it goes through
 * either, the fault is the server's, and no entry is blamed (traces.md, 26).
 */
async function halve(task: Task, flights: readonly Flight[], failure: Failure): Promise<Pushed> {
  let parts: (readonly Flight[])[] = [flights]
  let whole: (readonly Flight[])[] = []
  const refused: { readonly flight: Flight; readonly why: Failure }[] = []
  let through = false
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [only, another] = part
    const why = part === flights ? failure : await send(task, part)
    if (task.signal.aborted) return 'paused'
    if (!why) through = true
    else if (remedy(why) !== 'halve') return recordFailure(task, why)
    else if (only && !another) refused.push({ flight: only, why })
    else if (through || refused.length < 2) parts.push(...halves(part))
    else whole.push(part)
    if (parts.length > 0) continue
    if (!through && refused.length > 1) return recordFailure(task, failure)
    parts = whole.flatMap(halves)
    whole = []
  }
  for (const { flight, why } of refused) await refuseAlone(task, flight, why)
  return 'through'
}

/** The second half first, since the last is taken first. */
const halves = (part: readonly Flight[]): (readonly Flight[])[] => [
  part.slice(part.length >> 1),
  part.slice(0, part.length >> 1),
]

async function refuseAlone({ world, db, outbox }: Task, flight: Flight, failure: Failure): Promise<void> {
  const reason =
    failure.is === 'refused'
      ? { code: failure.code, message: failure.message, refused: true }
      : { code: 'unknown', message: 'refused', refused: true }
  world.journal.add({ what: 'set-aside', record: flight.mutation.record, code: reason.code })
  await setAside(db, outbox.library.id, flight, reason, world.now(), world.random())
  tellRefused(world, flight.sent, reason.message)
  world.announce({ v: 1, type: 'records-changed', ids: [flight.mutation.record] })
}

export async function recordFailure({ world, db, outbox }: Task, failure: Failure): Promise<Pushed> {
  const row = afterFailure(outbox.connection, failure, world.now(), world.random())
  await writeConnection(db, outbox.library.id, row)
  const ms = untilNextSend(row, world.now())
  if (row.is === 'failing') world.journal.add({ what: 'retry-planned', ms: ms ?? 0, rounds: row.rounds })
  if (row.is === 'failing' && row.rounds === 1 && row.sends === 0) tellOutage(world, row.why, outbox.sendable)
  world.announce({ v: 1, type: 'status-changed' })
  const answersPulls = failure.is !== 'busy'
  return row.is === 'failing' && row.sends === 0 && answersPulls ? 'round-over' : 'paused'
}

/** Once an outage, when its first round has failed. */
function tellOutage(world: EngineWorld, why: string, waiting: number): void {
  if (waiting === 0) return
  const changes = waiting === 1 ? '1 change waits' : `${waiting} changes wait`
  world.announce({
    v: 1,
    type: 'notice',
    kind: 'alert',
    text: `${why} ${changes}, saved on this device; Pawkit tries again by itself.`,
  })
}
