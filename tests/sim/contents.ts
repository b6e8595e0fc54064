import { type ConnectionRow, FINE } from '../../src/core/backoff.ts'
import { isPurged, type RecordState } from '../../src/core/records.ts'
import type { Draft } from '../../src/core/session.ts'
import type { DiskContents } from './disk.ts'

/** A record byte for byte, whatever order its fields came in. */
export function canonical({ id, kind, version, fields, stamps }: RecordState): string {
  const life = { ...fields, deleted: fields.deleted === true, purged: fields.purged === true }
  return JSON.stringify([id, kind, version, sorted(life), sorted(stamps)])
}

const sorted = (of: object): [string, unknown][] => Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1))

/** Where a value may be on a device. In the end what is on its way or waits to be taken in counts for nothing. */
export function textsOf(disk: DiskContents, when: 'now' | 'end'): (readonly unknown[])[] {
  const live = new Set(disk.records.filter((record) => !isPurged(record)).map(({ id }) => id))
  // One whose link another card has by now, or whose card was deleted for good with its link, cannot be taken in, and stays.
  const stays = ({ kind, create, recordId, typed }: Draft): boolean =>
    kind === 'card' && (create || (typed.url === undefined && !live.has(recordId)))
  const taken = disk.drafts.filter(stays)
  const kept = [disk.records, disk.history, taken]
  return when === 'end' ? kept : [...kept, disk.drafts, disk.bases, disk.entries, disk.vanishing]
}

export function connectionOf({ meta }: DiskContents): ConnectionRow {
  const found = meta.find((row) => row.key === 'connection')
  return found?.key === 'connection' ? found.row : FINE
}
