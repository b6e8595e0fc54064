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
 * @param dying requests get no answer, or 5xx: that may also be an outage that begins in the midst of it, so the search
 * ends for this round where two have died alone since anything last went through
 */
export async function halve(
  task: Task,
  flights: readonly Flight[],
  failure: Failure,
  dying = false,
): Promise<Pushed> {
  const { world } = task
  let parts: (readonly Flight[])[] = [flights]
  let whole: (readonly Flight[])[] = []
  const refused: { readonly flight: Flight; readonly why: Failure }[] = []
  let through = false
  /** Refused alone since something went through. */
  let lately = 0
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [only, another] = part
    if (!world.online() && !task.hasty) return 'paused'
    const why = part === flights ? failure : await send(task, part)
    // The network has gone meanwhile: what is not sent dies of that, and no entry is to blame.
    if (task.signal.aborted || (why?.is === 'no-answer' && part !== flights && !world.online()))
      return 'paused'
    if (!why) {
      through = true
      lately = 0
    } else if (!(remedy(why) === 'halve' || (dying && dies(why))) || asksForPause(why))
      return recordFailure(task, why)
    else if (only && !another) {
      refused.push({ flight: only, why })
      lately++
    } else if (lately < 2 || (through && !dying)) {
      world.journal.add({ what: 'halved', mutations: part.length, failure: why.is })
      parts.push(...halves(part))
    } else whole.push(part)
    if (parts.length > 0) continue
    if (lately > 1 && (!through || (dying && whole.length > 0))) {
      if (through) await refuseEach(task, refused)
      return recordFailure(task, failure)
    }
    parts = whole.flatMap(halves)
    whole = []
  }
  await refuseEach(task, refused)
  return 'through'
}

async function refuseEach(
  task: Task,
  refused: readonly { readonly flight: Flight; readonly why: Failure }[],
): Promise<void> {
  for (const { flight, why } of refused) await refuseAlone(task, flight, why)
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
  if (!only) return 'through'
  const again = outbox.alone.has(only.mutation.record)
  // A second one that dies alone, with nothing gone through since the first: the fault is the server's after all.
  if (!another && !again && outbox.choked > 0) return 'paused'
  const failure: Failure = { is: 'no-answer', why: 'pulls go through' }
  if (!another) await refuseAlone(task, only, failure)
  else if ((await halve(task, flights, failure, true)) !== 'through') return 'paused'
  // One known to die says nothing new of the connection.
  await writeConnection(db, outbox.library.id, again ? outbox.connection : FINE)
  world.announce({ v: 1, type: 'status-changed' })
  return 'through'
}

const dies = ({ is }: Failure): boolean => is === 'server' || is === 'no-answer'
