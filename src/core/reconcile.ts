import { mergeText, type OnClash } from './merge-text.ts'
import {
  type Fields,
  isDeleted,
  isPurged,
  type Json,
  list,
  type MergeKind,
  mergeKind,
  type RecordState,
  sameValue,
  text,
} from './records.ts'
import { checkFields } from './schema.ts'

/** A value that did not make it into the merged record; it goes to version history before anything else. */
export interface Lost {
  readonly field: string
  readonly value: Json
  readonly stamp: number
  readonly side: 'local' | 'remote'
}

export interface Reconciled {
  /** The merged record, on the remote's version. What differs from the remote is left to send. */
  readonly record: RecordState
  readonly lost: readonly Lost[]
  /** A deletion on one side met an edit on the other: the record came back, and the person is told. */
  readonly returned: boolean
}

/**
 * The one function that brings base, local and remote together. Versions, never clocks, say that there is
 * something to bring together; stamps only break the tie between two single values.
 * Law: reconcile(base, base, remote) is remote, with nothing to send (traces.md, 49).
 */
export function reconcile(base: RecordState | null, local: RecordState, remote: RecordState): Reconciled {
  const life = settleLife(base, local, remote)
  if (life.take === 'remote') return { record: remote, lost: [], returned: life.returned }
  if (life.take === 'purge')
    return { record: { ...local, version: remote.version }, lost: [], returned: false }
  if (life.take === 'local') {
    const fields = withoutLife(local.fields)
    const stamps = {
      ...local.stamps,
      deleted: Math.max(local.stamps.deleted ?? 0, remote.stamps.deleted ?? 0),
    }
    return {
      record: {
        ...local,
        fields: { ...fields, deleted: false, purged: false },
        stamps,
        version: remote.version,
      },
      lost: [],
      returned: true,
    }
  }
  const lost: Lost[] = []
  // A tombstone, or the blank that a whole record is sent on, has no content that both sides could have begun from:
  // merged on its emptiness, text would be doubled.
  const common = base && (isPurged(base) || base.version === 0) ? null : base
  const fields: Record<string, Json> = {}
  const stamps: Record<string, number> = {}
  for (const field of new Set([...Object.keys(remote.fields), ...Object.keys(local.fields)])) {
    const kind = mergeKind(local.kind, field)
    if (kind === 'life') continue
    const side = { field, kind, base: common, local, remote }
    const merged = mergeField(side)
    if (merged.lost) lost.push(merged.lost)
    if (merged.value !== undefined) fields[field] = merged.value
    if (merged.stamp !== undefined) stamps[field] = merged.stamp
  }
  keepLimits(local, remote, fields, stamps, lost)
  if (remote.fields.purged !== undefined) fields.purged = remote.fields.purged
  if (remote.stamps.purged !== undefined) stamps.purged = remote.stamps.purged
  if (life.deleted !== undefined) fields.deleted = life.deleted
  if (life.stamp !== undefined) stamps.deleted = life.stamp
  return { record: { ...remote, fields, stamps }, lost, returned: life.returned }
}

interface Side {
  readonly field: string
  readonly kind: MergeKind
  readonly base: RecordState | null
  readonly local: RecordState
  readonly remote: RecordState
}

interface MergedField {
  readonly value: Json | undefined
  readonly stamp: number | undefined
  readonly lost?: Lost
}

function mergeField({ field, kind, base, local, remote }: Side): MergedField {
  const mine = local.fields[field]
  const theirs = remote.fields[field]
  const takeMine = { value: mine, stamp: local.stamps[field] }
  const takeTheirs = { value: theirs, stamp: remote.stamps[field] }
  if (sameValue(kind, mine, theirs)) return takeTheirs
  if (base && sameValue(kind, base.fields[field], mine)) return takeTheirs
  if (base && sameValue(kind, base.fields[field], theirs)) return takeMine
  const newest = Math.max(local.stamps[field] ?? 0, remote.stamps[field] ?? 0)
  if (kind === 'set') return { value: mergeSet(base?.fields[field], mine, theirs), stamp: newest }
  const loser = (side: 'local' | 'remote'): Lost | undefined => {
    const value = side === 'local' ? mine : theirs
    const record = side === 'local' ? local : remote
    return value === undefined ? undefined : { field, value, stamp: record.stamps[field] ?? 0, side }
  }
  const withLost = (merged: MergedField, gone: Lost | undefined): MergedField =>
    gone ? { ...merged, lost: gone } : merged
  if (kind === 'text' && base) {
    const merged = mergeText(text(base.fields[field]), text(mine), text(theirs), 'mine')
    const result = { value: merged.text, stamp: newest }
    return merged.clash ? withLost(result, loser('remote')) : result
  }
  const mineIsLater = (local.stamps[field] ?? 0) > (remote.stamps[field] ?? 0)
  return mineIsLater ? withLost(takeMine, loser('remote')) : withLost(takeTheirs, loser('local'))
}

/** As sets: additions and removals of both, the remote's order first. Without a base the union. */
export function mergeSet(base: Json | undefined, mine: Json | undefined, theirs: Json | undefined): Json {
  const before = new Set(list(base))
  const here = new Set(list(mine))
  const there = new Set(list(theirs))
  const kept = list(theirs).filter((item) => here.has(item) || !before.has(item))
  const added = list(mine).filter((item) => !before.has(item) && !there.has(item))
  return [...new Set([...kept, ...added])]
}

type Life =
  | { readonly take: 'remote'; readonly returned: boolean }
  | { readonly take: 'local' }
  | { readonly take: 'purge' }
  | {
      readonly take: 'fields'
      readonly deleted: boolean | undefined
      readonly stamp: number | undefined
      readonly returned: boolean
    }

/** Deleted on one side, edited by a person on the other: the edit wins and the record returns. */
function settleLife(base: RecordState | null, local: RecordState, remote: RecordState): Life {
  const mineGone = isDeleted(local)
  const theirsGone = isDeleted(remote)
  const mineEdited = edited(base, local)
  const theirsEdited = !isPurged(remote) && edited(base, remote)
  const wasGone = base !== null && isDeleted(base)
  if (isPurged(remote))
    return mineEdited || (wasGone && !mineGone) ? { take: 'local' } : { take: 'remote', returned: false }
  if (isPurged(local)) {
    const back = theirsEdited || (wasGone && !theirsGone)
    return back ? { take: 'remote', returned: true } : { take: 'purge' }
  }
  if (mineGone === theirsGone) return fieldwise(remote, false)
  if (!base)
    return fieldwise((local.stamps.deleted ?? 0) > (remote.stamps.deleted ?? 0) ? local : remote, false)
  if (theirsGone !== wasGone) {
    const back = theirsGone && mineEdited
    return back
      ? { take: 'fields', deleted: false, stamp: remote.stamps.deleted, returned: true }
      : fieldwise(remote, false)
  }
  const back = mineGone && theirsEdited
  return back ? fieldwise(remote, true) : fieldwise(local, false)
}

const fieldwise = (side: RecordState, returned: boolean): Life => ({
  take: 'fields',
  deleted: side.fields.deleted === undefined ? undefined : isDeleted(side),
  stamp: side.stamps.deleted,
  returned,
})

/** Whether a side holds a change of its own besides being deleted. */
function edited(base: RecordState | null, side: RecordState): boolean {
  if (!base) return true
  if (isPurged(side)) return false
  return changedFields(base, side).some((field) => mergeKind(side.kind, field) !== 'life')
}

/** The fields in which a record differs from its base, as their merge kinds see it. */
export function changedFields(base: RecordState | null, record: RecordState): string[] {
  const before = base?.fields ?? {}
  return Object.keys(record.fields).filter(
    (field) =>
      !(
        Object.hasOwn(before, field) &&
        sameValue(mergeKind(record.kind, field), before[field], record.fields[field])
      ) && !(mergeKind(record.kind, field) === 'life' && !before[field] && !record.fields[field]),
  )
}

const withoutLife = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([field]) => field !== 'deleted' && field !== 'purged'))

/** A merge may break a limit that neither side broke (traces.md, 34): this device's value stays, the other is kept. */
function keepLimits(
  local: RecordState,
  remote: RecordState,
  fields: Record<string, Json>,
  stamps: Record<string, number>,
  lost: Lost[],
): void {
  const checked = checkFields(local.kind, fields)
  if (checked.ok) return
  for (const { field: path } of checked.problem) {
    const field = path.split('.')[0] ?? path
    const mine = local.fields[field]
    const theirs = remote.fields[field]
    if (mine === undefined || theirs === undefined || sameValue('value', fields[field], mine)) continue
    fields[field] = mine
    stamps[field] = local.stamps[field] ?? 0
    lost.push({ field, value: theirs, stamp: remote.stamps[field] ?? 0, side: 'remote' })
  }
}

/** What a write does where the stored value is not the one the page was showing (design.md, "Write"). */
export function mergeWrite(
  kind: MergeKind,
  shown: Json | undefined,
  typed: Json,
  stored: Json | undefined,
  onClash: OnClash = 'both',
): Json {
  if (sameValue(kind, shown, stored) || sameValue(kind, typed, stored)) return typed
  if (kind === 'set') return mergeSet(shown, typed, stored)
  if (kind === 'text' || kind === 'line') {
    const merged = mergeText(text(shown), text(typed), text(stored), onClash)
    return kind === 'line' ? merged.text.replaceAll('\n', ' ') : merged.text
  }
  return typed
}
