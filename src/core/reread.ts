import { enqueue, isSettled } from './outbox.ts'
import { reconcile } from './reconcile.ts'
import { isDeleted, type RecordState } from './records.ts'
import type { Held, Settled } from './settle.ts'

/**
 * Takes in a record of a server that was restored from an older copy: its versions say nothing about ours, so the
 * version rule is off and every record is reconciled without base (traces.md, 8). Equal: nothing. Values and text:
 * the later stamp, the loser to history. Sets: the union.
 */
export function takeInRestored(held: Held, remote: RecordState, now: number): Settled {
  const { record, entry } = held
  if (!record) return { record: remote, base: null, entry: null, lost: [], returned: false }
  if (entry?.flight)
    return { record, base: null, entry: { ...entry, parked: remote }, lost: [], returned: false }
  const { record: merged, lost, returned } = reconcile(null, record, remote)
  if (isSettled(remote, merged)) return { record: remote, base: null, entry: null, lost, returned }
  return { record: merged, base: remote, entry: enqueue(entry, merged, now, 'at-once'), lost, returned }
}

/** A record that the restored server lacks goes there whole; one in the Trash stays in this device's. */
export function sendWhole({ record, entry }: Held, now: number): Held {
  if (!record || record.version === 0) return { record, base: null, entry }
  if (!entry && isDeleted(record)) return { record, base: null, entry: null }
  return { record, base: null, entry: entry ?? enqueue(null, record, now, 'at-once') }
}

/** More than 20 and more than a fifth: so many records must not vanish from a device without a person's word. */
export const tooManyToVanish = (vanishing: number, all: number): boolean =>
  vanishing > 20 && vanishing * 5 > all
