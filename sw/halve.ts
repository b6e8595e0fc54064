import { FINE } from '../src/core/backoff.ts'
import { asksForPause, type Failure, reasonOf, remedy } from '../src/core/failure.ts'
import type { Flight } from '../src/core/outbox.ts'
import { setAside } from '../src/store/apply.ts'
import { offsetOf } from '../src/store/clock.ts'
import { freezeBatch, keepApart, writeConnection } from '../src/store/outbox.ts'
import { type Pushed, send, type Task, wasSearched } from './push.ts'
import { recordFailure } from './record-failure.ts'

/**
 * The whole request was refused: halves are sent at once, and both before either is halved on, so that what is refused
 * alone delays nobody. Where two were refused alone and nothing has gone through, the fault is the server's, and no
 * entry is blamed (traces.md, 26), but for one that is too large; those two are sent apart from then on, in case it is
 * theirs.
 * @param dying requests get no answer, or 5xx: that may also be an outage that begins in the midst of it, so the search
 * ends for this round where two have died alone since anything last went through
 */
export async function halve(
  task: Task,
  flights: readonly Flight[],
  failure: Failure,
  dying = false,
): Promise<Pushed> {
  const { world, db, outbox } = task
  const [only, another] = flights
  if (only && !another) {
    await refuseAlone(task, only, failure)
    return 'through'
  }
  /** Refused whole, the first of them last. */
  const parts: (readonly Flight[])[] = [flights]
  const refused: { readonly flight: Flight; readonly why: Failure }[] = []
  let through = false
  /** Refused alone since something went through. */
  let lately = 0
  for (let part = parts.pop(); part; part = parts.pop()) {
    world.journal.add({ what: 'halved', mutations: part.length, failure: failure.is })
    const failed: (readonly Flight[])[] = []
    for (const half of halves(part)) {
      if (!world.online() && !task.hasty) return 'paused'
      const why = await send(task, half)
      // The network has gone meanwhile: what is not sent dies of that, and no entry is to blame.
      if (task.signal.aborted || (why?.is === 'no-answer' && !world.online())) return 'paused'
      const [flight, more] = half
      if (!why) {
        through = true
        lately = 0
      } else if (!(remedy(why) === 'halve' || (dying && dies(why))) || asksForPause(why))
        return recordFailure(task, why)
      else if (flight && !more) {
        refused.push({ flight, why })
        lately++
      } else failed.unshift(half)
    }
    parts.push(...failed)
    if (lately < 2 || (through && (!dying || parts.length === 0))) continue
    let unclear = parts.length > 0
    for (const { flight, why } of refused)
      if (through || isTooLarge(flight, why)) await refuseAlone(task, flight, why)
      else {
        unclear = true
        await keepApart(db, outbox.library.id, flight)
      }
    if (!unclear) return 'through'
    await recordFailure(task, failure, 0, !through)
    return 'paused'
  }
  for (const { flight, why } of refused) await refuseAlone(task, flight, why)
  return 'through'
}

/**
 * What was alone and too large need not wait until something else goes through.
 * @returns whether it was the last that waited: nothing is left that could fail
 */
export async function nameTooLarge(task: Task, flights: readonly Flight[], why: Failure): Promise<boolean> {
  const [only, another] = flights
  if (!only || another || !isTooLarge(only, why)) return false
  await refuseAlone(task, only, why)
  return task.outbox.sendable === 1
}

/** In UTF-16 units of JSON: a smaller limit than any that a server or proxy has, unless it refuses whatever comes. */
const LARGE = 16_384

/** A large one that is refused as too large is so by its own fault, whatever becomes of the others. */
const isTooLarge = (flight: Flight, why: Failure & { readonly status?: number }): boolean =>
  why.status === 413 && !flight.void && JSON.stringify(flight.mutation).length > LARGE

const halves = (part: readonly Flight[]): (readonly Flight[])[] => [
  part.slice(0, part.length >> 1),
  part.slice(part.length >> 1),
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
    task.notices.refused.push({ record: flight.sent, message })
  world.announce({ v: 1, type: 'records-changed', ids: [flight.mutation.record] })
}

/**
 * Pushes die while a pull goes through: the fault is with what is sent, not with network or server. What dies alone
 * is set aside, so that it delays nobody; in an outage pulls die too, and nothing is halved.
 */
export async function isolate(before: Task, ids: readonly string[], failure: Failure): Promise<Pushed> {
  const { world, db } = before
  // The pull may have measured the clock, and set right what is frozen.
  const outbox = { ...before.outbox, offset: await db.run(['meta'], 'readonly', offsetOf) }
  const task = { ...before, outbox }
  const flights = await freezeBatch(db, outbox.library.id, ids, world.newId)
  const [only, another] = flights
  if (!only) return 'through'
  const again = outbox.alone.has(only.mutation.record)
  // A second one that dies alone, with nothing gone through since the first: the fault is the server's after all.
  if (wasSearched(task) || (!another && !again && outbox.choked > 0)) {
    // The last that goes with no other: from now on nothing new waits for it.
    if (!again && outbox.due.length - outbox.alone.size === 1) {
      await keepApart(db, outbox.library.id, only)
      await recordFailure(task, failure, 0, true)
    }
    return 'paused'
  }
  if ((await halve(task, flights, failure, true)) !== 'through') return 'paused'
  // One known to die says nothing new of the connection.
  await writeConnection(db, outbox.library.id, again ? outbox.connection : FINE)
  task.notices.outage = null
  world.announce({ v: 1, type: 'status-changed' })
  return 'through'
}

const dies = ({ is }: Failure): boolean => is === 'server' || is === 'no-answer'
