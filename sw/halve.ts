import { FINE } from '../src/core/backoff.ts'
import { asksForPause, type Failure, reasonOf, remedy } from '../src/core/failure.ts'
import type { Flight } from '../src/core/outbox.ts'
import { setAside } from '../src/store/apply.ts'
import { freezeBatch, writeConnection } from '../src/store/outbox.ts'
import { type Pushed, send, type Task } from './push.ts'
import { recordFailure } from './record-failure.ts'

/**
 * The whole request was refused: halves are sent at once, so that what is refused alone delays nobody. Where two
 * were refused alone and nothing has gone through, the rest is tried as it is; where none of it goes through
 * either, the fault is the server's, and no entry is blamed (traces.md, 26).
 */
export async function halve(
  task: Task,
  flights: readonly Flight[],
  failure: Failure,
  dies = (why: Failure): boolean => remedy(why) === 'halve',
): Promise<Pushed> {
  let parts: (readonly Flight[])[] = [flights]
  let whole: (readonly Flight[])[] = []
  const refused: { readonly flight: Flight; readonly why: Failure }[] = []
  let through = false
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [only, another] = part
    // The network has gone meanwhile: what is not sent dies of that, and no entry is to blame.
    if (!task.world.online() && !task.hasty) return 'paused'
    const why = part === flights ? failure : await send(task, part)
    if (task.signal.aborted) return 'paused'
    if (!why) through = true
    else if (!dies(why) || asksForPause(why)) return recordFailure(task, why)
    else if (only && !another) refused.push({ flight: only, why })
    else if (through || refused.length < 2) {
      task.world.journal.add({ what: 'halved', mutations: part.length, failure: why.is })
      parts.push(...halves(part))
    } else whole.push(part)
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

async function refuseAlone(task: Task, flight: Flight, failure: Failure): Promise<void> {
  const { world, db, outbox } = task
  // A void says nothing that could be refused: it stays due, or what is discarded could still arrive.
  const refused = failure.is === 'refused' && !flight.void
  const code = refused ? failure.code : failure.is
  const message = refused ? failure.message : reasonOf(failure)
  world.journal.add({ what: 'set-aside', record: flight.mutation.record, code })
  const reason = { code, message, refused }
  if (await setAside(db, outbox.library.id, flight, reason, world.now(), world.random()))
    task.refused.push({ record: flight.sent, message })
  world.announce({ v: 1, type: 'records-changed', ids: [flight.mutation.record] })
}

/**
 * Pushes die while a pull goes through: the fault is with what is sent, not with network or server. What dies alone
 * is set aside, so that it delays nobody; in an outage pulls die too, and nothing is halved.
 */
export async function isolate(task: Task, ids: readonly string[]): Promise<Pushed> {
  const { world, db, outbox } = task
  const flights = await freezeBatch(db, outbox.library.id, ids, world.newId)
  const [only, another] = flights
  const again = outbox.alone.has(ids[0] ?? '')
  // A second one that dies alone, with nothing gone through since the first: the fault is the server's after all.
  if (!another && !again && outbox.choked > 0) return 'paused'
  const failure: Failure = { is: 'no-answer', why: 'pulls go through' }
  if (only && !another) await refuseAlone(task, only, failure)
  else if ((await halve(task, flights, failure, diesOrIsRefused)) !== 'through') return 'paused'
  // One known to die says nothing new of the connection.
  await writeConnection(db, outbox.library.id, again ? outbox.connection : FINE)
  world.announce({ v: 1, type: 'status-changed' })
  return 'through'
}

const diesOrIsRefused = (why: Failure): boolean =>
  why.is === 'server' || why.is === 'no-answer' || remedy(why) === 'halve'
