import { authorOf } from './authors.ts'
import { ancestorsOf, type Entry, enqueue, inConflict, isSettled, type Urgency, unmerged } from './outbox.ts'
import type { Lost } from './reconcile.ts'
import {
  changedFields,
  type Fields,
  isPurged,
  type Json,
  mergeKind,
  type RecordState,
  sameValue,
} from './records.ts'
import { bad, ok, type Result } from './result.ts'
import { checkFields, type FieldProblem } from './schema.ts'
import type { Held, Settled } from './settle.ts'

/** What a person says to an open conflict. */
export type Resolution =
  /** *Keep local version*: what this device has. */
  | { readonly take: 'local' }
  /** *Use server version*. */
  | { readonly take: 'server' }
  /** *Merge both*: the values of these fields; `deleted` among them where that was in question. */
  | { readonly take: 'merged'; readonly fields: Fields }

/**
 * The entry after a write to its record. A conflict closes by itself only where nothing differs any more, or where the
 * record was deleted for good; never by a change of another field.
 */
export function raise(
  before: Entry | null,
  base: RecordState | null,
  record: RecordState,
  now: number,
  urgency: Urgency,
): Entry {
  const entry = enqueue(before, record, now, urgency)
  const open = Object.entries(ancestorsOf(entry)).filter(
    ([field]) => !sameValue(mergeKind(record.kind, field), record.fields[field], base?.fields[field]),
  )
  return inConflict(entry, isPurged(record) ? {} : Object.fromEntries(open), now)
}

/**
 * Closes a conflict as an ordinary edit on the version that the person was shown; every value that loses is in `lost`, but
 * what goes with a deletion for good that the person takes.
 * The caller has checked that both sides are what was shown.
 * @param stamp the device's time plus its offset: choosing is an edit of now
 */
export function resolve(
  { record, base, entry }: Held,
  resolution: Resolution,
  stamp: number,
  now: number,
): Result<Settled, readonly FieldProblem[]> {
  const ancestors = ancestorsOf(entry)
  if (!record || !base || !entry) return ok({ record, base, entry, lost: [], returned: false })
  const chosen: Record<string, Json> = {}
  const revert = resolution.take === 'server' && 'deleted' in ancestors
  for (const field of revert ? changedFields(base, record) : Object.keys(ancestors)) {
    const value = resolution.take === 'server' ? base.fields[field] : record.fields[field]
    if (value !== undefined) chosen[field] = value
    // Never said of this record, and to be said over the other side's deletion.
    else if (field === 'deleted') chosen.deleted = false
  }
  if (resolution.take === 'merged') {
    // Words put together are there to be read.
    if ('deleted' in ancestors) chosen.deleted = false
    Object.assign(chosen, resolution.fields)
    const checked = checkFields(record.kind, chosen)
    if (!checked.ok) return bad(checked.problem)
  }
  const lost = Object.keys(chosen).flatMap((field): Lost[] => [
    ...losing(record, chosen, field, 'local'),
    ...(field in ancestors ? losing(base, chosen, field, 'remote') : []),
  ])
  const stamps = { ...record.stamps }
  for (const field of Object.keys(chosen))
    stamps[field] = resolution.take === 'server' ? (base.stamps[field] ?? 0) : stamp
  const after = revert
    ? { ...base, version: record.version }
    : { ...record, fields: { ...record.fields, ...chosen }, stamps }
  if (isSettled(base, after))
    return ok({ record: base.version ? base : null, base: null, entry: null, lost, returned: false })
  const closed = inConflict(unmerged(entry, base, after, chosen), {}, now)
  return ok({ record: after, base, entry: closed, lost, returned: false })
}

function losing(from: RecordState, chosen: Fields, field: string, side: Lost['side']): Lost[] {
  const value = from.fields[field]
  const kind = mergeKind(from.kind, field)
  if (value === undefined || kind === 'life' || sameValue(kind, value, chosen[field])) return []
  const by = side === 'remote' ? authorOf(from, field) : null
  return [{ field, value, stamp: from.stamps[field] ?? 0, side, why: 'resolved', by }]
}
