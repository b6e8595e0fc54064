import type { Policy } from './policy.ts'
import { changedFields, isDeleted, isPurged, mergeKind, type RecordState } from './records.ts'

/** What becomes of a record that one side deleted; `fields`: the others are merged one by one. */
export interface Life {
  readonly take: 'remote' | 'local' | 'purge' | 'fields'
  readonly returned: boolean
  readonly ask?: boolean
  readonly deleted?: boolean | undefined
  readonly stamp?: number | undefined
}

/** Deleted on one side, edited by a person on the other: the edit wins and the record returns, or a person is asked. */
export function settleLife(
  base: RecordState | null,
  local: RecordState,
  remote: RecordState,
  policy: Policy,
  open: boolean,
): Life {
  const mineGone = isDeleted(local)
  const theirsGone = isDeleted(remote)
  const mineEdited = edited(base, local)
  const theirsEdited = !isPurged(remote) && edited(base, remote)
  const wasGone = base !== null && isDeleted(base)
  if (isPurged(remote)) {
    if (!mineEdited && !(wasGone && !mineGone)) return { take: 'remote', returned: false }
    // In the Trash here it stays there, with its words.
    const ask = !mineGone && policy.deletedThere === 'ask'
    return { take: 'local', returned: !mineGone && !ask, ask }
  }
  // What is deleted for good here has nothing to show beside the other side: its edit wins.
  if (isPurged(local)) {
    const back = theirsEdited || (wasGone && !theirsGone)
    return back ? { take: 'remote', returned: true } : { take: 'purge', returned: false }
  }
  if (mineGone === theirsGone) return fieldwise(remote)
  if (open) return { ...fieldwise(local), ask: true }
  if (!base) return fieldwise((local.stamps.deleted ?? 0) > (remote.stamps.deleted ?? 0) ? local : remote)
  if (theirsGone !== wasGone) {
    if (!theirsGone || !mineEdited) return fieldwise(remote)
    if (policy.deletedThere === 'ask') return { ...fieldwise(local), ask: true }
    return { take: 'fields', deleted: false, stamp: remote.stamps.deleted, returned: true }
  }
  if (!mineGone || !theirsEdited) return fieldwise(local)
  if (policy.deletedHere === 'ask') return { ...fieldwise(local), ask: true }
  return { ...fieldwise(remote), returned: true }
}

const fieldwise = (side: RecordState): Life => ({
  take: 'fields',
  deleted: side.fields.deleted === undefined ? undefined : isDeleted(side),
  stamp: side.stamps.deleted,
  returned: false,
})

/** Whether a side holds a change of its own besides being deleted. */
function edited(base: RecordState | null, side: RecordState): boolean {
  if (isPurged(side)) return false
  if (!base) return true
  return changedFields(base, side).some((field) => mergeKind(side.kind, field) !== 'life')
}
