import { attemptsOf, type Entry, goesAlone } from './outbox.ts'
import type { Lost } from './reconcile.ts'
import { changedFields, isDeleted, type RecordState } from './records.ts'
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
  if (!entry.flight) return revert(held)
  const flight = { ...entry.flight, void: true, discard: true }
  const waiting: Entry = { ...retry(entry, now), flight }
  return { ...held, entry: waiting, lost: [], returned: false }
}

/**
 * Back to what the server has; every value of this device's goes to version history first. A record that the server
 * never had goes to this device's Trash with all its content, where it can be restored.
 */
export function revert({ record, base }: Held): Settled {
  if (!record) return { record: null, base: null, entry: null, lost: [], returned: false }
  if (base) return { record: base, base: null, entry: null, lost: valuesOf(base, record), returned: false }
  const trashed = isDeleted(record) ? record : { ...record, fields: { ...record.fields, deleted: true } }
  return { record: trashed, base: null, entry: null, lost: [], returned: false }
}

const valuesOf = (base: RecordState, record: RecordState): Lost[] =>
  changedFields(base, record).flatMap((field) => {
    const value = record.fields[field]
    return value === undefined
      ? []
      : [{ field, value, stamp: record.stamps[field] ?? 0, side: 'local', why: 'discarded' }]
  })
