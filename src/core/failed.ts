import { attemptsOf, type Entry, enqueue, goesAlone } from './outbox.ts'
import type { Lost } from './reconcile.ts'
import { changedFields, isPurged, type RecordState } from './records.ts'
import type { Held, Settled } from './settle.ts'

/** A person wants it tried again: what was refused goes as a new mutation, what is unsettled under its old id. */
export function retry(entry: Entry, now: number): Entry {
  const state = { is: 'ready', attempts: attemptsOf(entry), alone: goesAlone(entry) } as const
  // What is unsettled is due as it is; a wait would say that somebody has edited it since.
  return { ...entry, state, wait: entry.flight ? entry.wait : { start: now, length: 0 } }
}

/**
 * A person gives a change up. A frozen mutation is voided first, or it could still arrive and bring the discarded
 * text back (traces.md, 10); the change goes when its outcome is known.
 */
export function discard(held: Held, now: number): Settled {
  const { entry } = held
  if (!entry) return { ...held, lost: [], returned: false }
  if (!entry.flight) return revert(held, now)
  const flight = { ...entry.flight, void: true, discard: true }
  const waiting: Entry = { ...retry(entry, now), flight }
  return { ...held, entry: waiting, lost: [], returned: false }
}

/**
 * Back to what the server has; every value of this device's goes to version history first. A record that the server
 * never had, or that was deleted for good there, goes to this device's Trash with all its content, where it can be
 * restored: nothing would show a history of it. One that a restored server has lost goes back to what that had, and
 * there whole.
 */
export function revert({ record, base }: Held, now: number): Settled {
  const clean = { base: null, entry: null, lost: [], returned: false }
  if (!record) return { record: null, ...clean }
  const live = base && !isPurged(base) ? base : null
  if (live?.version) return { record: live, ...clean, lost: valuesOf(live, record) }
  if (isPurged(record)) return { record: base?.version ? base : null, ...clean }
  if (live && changedFields(live, record).length > 0) {
    const back = { ...live, version: record.version }
    return {
      ...clean,
      record: back,
      entry: enqueue(null, back, now, 'at-once'),
      lost: valuesOf(live, record),
    }
  }
  // Of no version: what another device sends of it is not older than this.
  return { record: { ...record, version: 0, fields: { ...record.fields, deleted: true } }, ...clean }
}

const valuesOf = (base: RecordState, record: RecordState): Lost[] =>
  changedFields(base, record).flatMap((field) => {
    const value = record.fields[field]
    return value === undefined
      ? []
      : [{ field, value, stamp: record.stamps[field] ?? 0, side: 'local', why: 'discarded' }]
  })
