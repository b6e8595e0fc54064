import { type Entry, enqueue } from './outbox.ts'
import { isDeleted, isPurged, type RecordState } from './records.ts'
import { type Held, merge, type Settled } from './settle.ts'

/**
 * Takes in a record of a server that was restored from an older copy: its versions say nothing about ours, so the
 * version rule is off and every record is reconciled without base (traces.md, 8). Equal: nothing. Values and text:
 * the later stamp, the loser to history. Sets: the union.
 */
export function takeInRestored(held: Held, remote: RecordState, now: number): Settled {
  const { record, entry } = held
  if (!record) return { record: remote, base: null, entry: null, lost: [], returned: false }
  if (entry?.flight) {
    // Below the one parked, so that it is taken in whatever the outcome.
    const below = { ...record, version: remote.version - 1 }
    return {
      record: below,
      base: null,
      entry: { ...voided(entry), parked: remote },
      lost: [],
      returned: false,
    }
  }
  // What waits for a person goes on waiting; what they were choosing against was lost with the newer server.
  const lost = held.base && { ...held.base, version: 0 }
  const raised = {
    ...enqueue(entry, record, now, 'at-once'),
    uprooted: true,
    merged: entry?.uprooted && entry.merged,
  }
  return merge(lost, record, remote, raised, now)
}

/**
 * A record that the server lacks, or has a tombstone of, goes there whole, out of the Trash into its Trash. A
 * tombstone that it lacks is forgotten: another device may still have the record, at a version below the tombstone's,
 * and what it sends must not be dropped here.
 */
export function sendWhole(
  { record, base: held, entry }: Held,
  now: number,
  there: RecordState | null = null,
): Held {
  if (!record?.version) return { record, base: null, entry }
  if (isPurged(record)) return { record: there, base: null, entry: null }
  const lacking = entry && held ? { ...held, version: 0 } : null
  // The other side's value stays as it is until a person has chosen; what is sent then goes whole.
  if (entry?.state.is === 'conflict') return { record, base: there ? held : lacking, entry }
  const deleted = isDeleted(record)
  const whole = there
    ? { ...record, version: there.version, fields: { ...record.fields, deleted, purged: false } }
    : record
  return {
    record: whole,
    base: there ?? lacking,
    entry: entry ? voided(entry) : enqueue(null, whole, now, 'at-once'),
  }
}

/**
 * A mutation made on a version of the lost line: the version of that number there may hold something else, and what
 * was applied on it would be taken for what this device has seen. It counts only if it had arrived before the copy.
 */
const voided = (entry: Entry): Entry =>
  entry.flight ? { ...entry, flight: { ...entry.flight, void: true } } : entry
