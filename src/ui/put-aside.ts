import type { Json } from '../core/records.ts'
import type { Kept, KeptRow } from '../store/history.ts'
import { sameField } from './restoring.ts'

/** Values that were put aside in one moment, for one reason. */
export interface PutAside {
  /** By the server's clock, ms. */
  readonly at: number
  readonly row: KeptRow
  readonly fields: Record<string, Json>
}

/** This device's value before an automatic merge, whether the merge joined it with the other side's or took that. */
export const isBeforeMerge = ({ side, why, inMerge }: KeptRow): boolean =>
  side === 'local' && (why === 'merged' || inMerge === true)

/** @param shown the fields that are a person's to see and restore */
export function putAside({ rows, offset }: Kept, shown: readonly string[]): PutAside[] {
  const groups = new Map<string, PutAside>()
  for (const row of rows) {
    // Where an edit met a deletion, to undo the merge is to have the record in the Trash again.
    if (!shown.includes(row.field) && !(row.field === 'deleted' && isBeforeMerge(row))) continue
    const reason = isBeforeMerge(row) ? 'merged' : (row.why ?? '')
    const key = `${row.recordId} ${row.at} ${row.side} ${reason}`
    const group = groups.get(key) ?? { at: row.at + offset, row, fields: {} }
    group.fields[row.field] ??= row.value
    // What lost to one change is no more than a part of a merge of several: that speaks for all.
    groups.set(key, row.why ? { ...group, row } : group)
  }
  return [...groups.values()]
}

/** What was put aside several times by itself, once, as of the last time. */
export function once(groups: readonly PutAside[], kind: string): PutAside[] {
  const isAgain = (one: PutAside, newer: PutAside): boolean => {
    const by = [one, newer].map(({ row }) => (isBeforeMerge(row) ? 'merged' : row.why))
    if (by[0] !== by[1] || !(by[0] === 'merged' || by[0] === 'replaced')) return false
    const fields = Object.keys(one.fields)
    return (
      fields.length === Object.keys(newer.fields).length &&
      fields.every((field) => sameField(kind, field, one.fields[field], newer.fields[field]))
    )
  }
  return groups.filter((one, at) => !groups.slice(0, at).some((newer) => isAgain(one, newer)))
}
