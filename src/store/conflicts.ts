import { type Resolution, resolve } from '../core/conflict.ts'
import { ancestorsOf, type Entry } from '../core/outbox.ts'
import { type RecordState, sameJson } from '../core/records.ts'
import type { FieldProblem } from '../core/schema.ts'
import { stampAt } from '../core/stamp.ts'
import { offsetOf } from './clock.ts'
import type { Database } from './database.ts'
import { HELD_STORES, readHeld, writeSettled } from './held.ts'
import { Journal } from './journal.ts'
import { requireWriting, type Writing } from './session.ts'

/** An open conflict as it is stored: this device's record, and the other side's in its base. */
export interface StoredConflict {
  readonly record: RecordState
  readonly base: RecordState
  readonly entry: Entry
}

/** Those of the named records that are in conflict. */
export function readConflicts(db: Database, ids: readonly string[]): Promise<StoredConflict[]> {
  return db.run(HELD_STORES, 'readonly', async (tx) => {
    const rows = await Promise.all(ids.map((id) => readHeld(tx, id)))
    return rows.flatMap(({ record, base, entry }) =>
      record && base && entry?.state.is === 'conflict' ? [{ record, base, entry }] : [],
    )
  })
}

export interface ResolveRequest extends Writing {
  readonly id: string
  /** Both sides as the person saw them: another one is not overwritten unseen (P4). */
  readonly shown: { readonly mine: RecordState; readonly theirs: RecordState }
  readonly resolution: Resolution
  readonly now: number
}

export type ResolveResult =
  | { readonly is: 'resolved'; readonly record: RecordState }
  /** One side has changed since it was shown; nothing was written. */
  | { readonly is: 'changed' }
  /** There is no conflict any more. */
  | { readonly is: 'gone' }
  | { readonly is: 'invalid'; readonly problems: readonly FieldProblem[] }

/** Closes a conflict as a person says; what loses goes to version history in the same transaction. */
export async function resolveConflict(db: Database, request: ResolveRequest): Promise<ResolveResult> {
  const { id, epoch, shown, resolution, now } = request
  const result = await db.run(
    [...HELD_STORES, 'meta', 'session'],
    'readwrite',
    async (tx): Promise<ResolveResult> => {
      await requireWriting(tx, request)
      const held = await readHeld(tx, id)
      if (!held.record || held.entry?.state.is !== 'conflict') return { is: 'gone' }
      // The fields too: on a restored server another line has versions of the same numbers.
      const same =
        held.base?.version === shown.theirs.version &&
        sameJson(held.base.fields, shown.theirs.fields) &&
        sameJson(held.record.fields, shown.mine.fields)
      if (!same) return { is: 'changed' }
      const stamp = stampAt(now, await offsetOf(tx))
      const resolved = resolve(held, resolution, stamp, now)
      if (!resolved.ok) return { is: 'invalid', problems: resolved.problem }
      await writeSettled(tx, id, resolved.value, now)
      // Both sides are there, so it becomes one or the other, or both together.
      return { is: 'resolved', record: resolved.value.record as RecordState }
    },
    'strict',
  )
  if (result.is !== 'resolved') return result
  const journal = new Journal(
    async () => db,
    () => now,
  )
  journal.add({ what: 'resolved', record: id, take: resolution.take, epoch })
  await journal.flush()
  return result
}

/** Which records wait for a person to choose. */
export const conflictsAmong = (entries: readonly Entry[]): string[] =>
  entries.filter((entry) => Object.keys(ancestorsOf(entry)).length > 0).map(({ id }) => id)
