import { authorOf } from './authors.ts'
import { isDeleted, isPurged, type RecordState } from './records.ts'
import { sendWhole } from './reread.ts'
import type { Held } from './settle.ts'

/**
 * Records that would vanish: clean here, with content (be it in the Trash), and gone for good elsewhere. A few just
 * go; many at once are parked until a person says, since what emptied the library may have been a fault (traces.md,
 * 32). A dirty record never vanishes: the edit wins. Nor is one that lay in the Trash here, and that the server has
 * emptied out of it after its time; and what is in this device's Trash alone stays there.
 */
export const vanishes = ({ record, entry }: Held, remote: RecordState): boolean =>
  !entry &&
  record !== null &&
  isPurged(remote) &&
  !isPurged(record) &&
  record.version > 0 &&
  remote.version > record.version &&
  !(isDeleted(record) && authorOf(remote, 'purged')?.account === '')

/** More than 20 and more than a fifth of what is here. */
export const tooManyToVanish = (vanishing: number, all: number): boolean =>
  vanishing > 20 && vanishing * 5 > all

/** *Yes*: as if it had been taken in when it came. null: the server does not name the record any more. */
export const remove = (tombstone: RecordState | null): Held => ({
  record: tombstone,
  base: null,
  entry: null,
})

/**
 * *No*, and every edit of such a record: it goes to the server whole, on the tombstone, so that its version goes on
 * above. With any older base a discarded edit would leave here for ever what is nowhere else.
 */
export const keep = (held: Held, tombstone: RecordState | null, now: number): Held =>
  sendWhole(held, now, tombstone)
