import { type Fields, isDeleted, type Json } from '../core/records.ts'
import type { PutBack } from './history.ts'
import { isBeforeMerge, type PutAside } from './put-aside.ts'
import { sameField, wholeOf } from './restoring.ts'
import type { ServerVersion } from './versions-client.ts'

/** By so much this device's measure of the server's clock may be off, ms. */
const CLOCK = 2000

interface Seen {
  readonly kind: string
  /** The fields that a version shows. */
  readonly fields: readonly string[]
  /** What this device has put aside. */
  readonly groups: readonly PutAside[]
  /** This device's id. */
  readonly device: string
}

/**
 * What *Undo this merge* at a version puts back: where another device merged, what was here until then, of what the merge
 * changed. On the device that merged, what lost to its own values; where those changed, they offer it themselves.
 * @param older the version before it
 */
export function beforeMerge(version: ServerVersion, older: ServerVersion, seen: Seen): PutBack | null {
  if (!version.merged || older.version !== version.version - 1) return null
  const { at } = older
  if (version.deviceId === seen.device) {
    const then = seen.groups.filter((one) => one.at >= at - CLOCK && one.at <= version.at + CLOCK)
    if (then.some(({ row }) => isBeforeMerge(row))) return null
    const lost = then.filter(({ row }) => row.side === 'remote' && row.why === undefined)
    if (lost.length > 0) return { fields: Object.assign({}, ...lost.map(({ fields }) => fields)), at }
  }
  const fields = changedBy(version, older, seen)
  return Object.keys(fields).length > 0 ? { fields, at } : null
}

/** What the older one has of what differs; a record that came back with it was in the Trash. */
function changedBy(version: ServerVersion, older: ServerVersion, { kind, fields }: Seen): Fields {
  const [before, after] = [older, version].map((one) => wholeOf(kind, one.fields, fields))
  const changed: Record<string, Json> = {}
  for (const field of fields)
    if (!sameField(kind, field, before?.[field], after?.[field])) changed[field] = before?.[field] ?? null
  if (isDeleted(older) && !isDeleted(version)) changed.deleted = true
  return changed
}
