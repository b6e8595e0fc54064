import { afterFailure } from '../src/core/backoff.ts'
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
  if (failure.is === 'reset') {
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
  const answered = await world.transport.push(request, signal)
  if (!answered.ok) return answered.problem
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
  tell(world, applied)
  // Answered, but not for these: as no answer, or they would go out again at once for ever.
  return applied.unknown > 0 && applied.unknown === flights.length
    ? { is: 'no-answer', why: 'no result for any mutation' }
    : null
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

/** The whole request was refused: halves are sent at once, so that what is refused alone delays nobody. */
async function halve(task: Task, flights: readonly Flight[], failure: Failure): Promise<Pushed> {
  const parts: (readonly Flight[])[] = [flights]
  for (let part = parts.shift(); part; part = parts.shift()) {
    const [only, another] = part
    const why = part === flights ? failure : await send(task, part)
    if (!why) continue
    if (task.signal.aborted) return 'paused'
    if (remedy(why) !== 'halve') return recordFailure(task, why)
    if (only && !another) await refuseAlone(task, only, why)
    else parts.push(part.slice(0, part.length >> 1), part.slice(part.length >> 1))
  }
  return 'through'
}

async function refuseAlone({ world, db, outbox }: Task, flight: Flight, failure: Failure): Promise<void> {
  const reason =
    failure.is === 'refused'
      ? { code: failure.code, message: failure.message, refused: true }
      : { code: 'unknown', message: 'refused', refused: true }
  await setAside(db, outbox.library.id, flight, reason, world.now(), world.random())
  tellRefused(world, flight.sent, reason.message)
  world.announce({ v: 1, type: 'records-changed', ids: [flight.mutation.record] })
}

export async function recordFailure({ world, db, outbox }: Task, failure: Failure): Promise<Pushed> {
  const row = afterFailure(outbox.connection, failure, world.now(), world.random())
  await writeConnection(db, outbox.library.id, row)
  if (row.is === 'failing' && row.rounds === 1 && row.sends === 0) tellOutage(world, row.why, outbox.sendable)
  world.announce({ v: 1, type: 'status-changed' })
  const answersPulls = failure.is === 'server' || failure.is === 'no-answer'
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
