import { raise } from './conflict.ts'
import { lengthOf } from './journal.ts'
import { isSettled, settledAs, type Urgency, unmerged } from './outbox.ts'
import { type Lost, mergeWrite } from './reconcile.ts'
import {
  DEFAULTS,
  type Fields,
  isKind,
  isPurged,
  type Json,
  mergeKind,
  type RecordState,
  sameJson,
  sameValue,
} from './records.ts'
import { bad, ok, type Result } from './result.ts'
import { checkFields, type FieldProblem } from './schema.ts'
import type { Held } from './settle.ts'

/** A person's change as the page hands it to the store: only the fields that changed, never a whole record. */
export interface Change {
  readonly id: string
  readonly kind: string
  /** What the page was showing of each typed field; a write compares with it, not with a version (traces.md, 1). */
  readonly shown: Fields
  readonly typed: Fields
  readonly create: boolean
  readonly urgency: Urgency
  /**
   * `put-back`: the fields are as they once were, and nothing of a merge is in them; what they replace is kept, also where
   * the server has it, which may lose it or be away; `behind`: its page knows that it has
   * not taken in what is stored, and what it had before that is kept already.
   */
  readonly how?: 'put-back' | 'behind' | undefined
  /** What could not be stored, before its page took into it what is. */
  readonly before?: Fields | undefined
  /** The draft in which it was kept; written, that goes with it. */
  readonly draft?: FromDraft
}

/** How what is typed in a field meets what is stored. */
export type Met = Pick<Change, 'how' | 'before'>

/** A person takes a draft in, or a page writes `again` what had been refused to it. */
export interface FromDraft {
  readonly id: string
  readonly why: 'take-in' | 'again'
}

/** What the rows become, and values that another tab or device had put there and that this write replaces unseen. */
export interface Written extends Held {
  readonly lost: readonly Lost[]
}

/**
 * What the three rows become by a person's change. Pure; the store calls it inside the transaction that read them.
 * @param stamp the device's time plus its offset to the server
 * @param now the device's time, for the outbox wait
 */
export function applyChange(
  held: Held,
  change: Change,
  stamp: number,
  now: number,
): Result<Written, readonly FieldProblem[]> {
  const returns = held.record !== null && isPurged(held.record) && (edits(change) || restores(change))
  const left = returns ? contentLeft(held) : null
  if (returns && !left && !writesContent(change)) return bad(gone(change))
  const creating = held.record === null || (returns && !left)
  const before = returns ? { ...held.record, ...anew(change, left, stamp) } : (held.record ?? blank(change))
  const fields: Record<string, Json> = { ...before.fields }
  const stamps: Record<string, number> = { ...before.stamps }
  const changed: Record<string, Json> = {}
  const { how, before: had = {} } = change
  /** What this device had before a merge, for *Undo this merge*. */
  const mineThen = (field: string, value: Json): Lost => {
    return { field, value, stamp, side: 'local', why: 'merged' }
  }
  const lost = Object.entries(had).map(([field, value]) => mineThen(field, value))
  let merged = lost.length > 0
  for (const [field, typed] of Object.entries(change.typed)) {
    const kind = mergeKind(change.kind, field)
    const value = creating ? typed : mergeWrite(kind, change.shown[field], typed, before.fields[field])
    if (!creating && sameValue(kind, value, before.fields[field])) continue
    changed[field] = value
    stamps[field] = stamp
    const there = before.fields[field]
    if (creating || there === undefined) continue
    const was = { field, value: there, stamp: before.stamps[field] ?? 0 }
    if (how === 'put-back' && lengthOf(there) > 0) lost.push({ ...was, side: 'local', why: 'replaced' })
    if (sameJson(there, change.shown[field] ?? there)) continue
    if (kind === 'value') lost.push({ ...was, side: 'remote' })
    else if (kind !== 'life' && change.draft?.why !== 'take-in' && !sameValue(kind, value, typed)) {
      merged = true
      if (how !== 'behind' && !(field in had)) lost.push(mineThen(field, typed))
    }
  }
  // Only what changes: a record that an older or newer version let through must stay editable elsewhere.
  const checked = checkFields(change.kind, changed)
  if (!checked.ok) return bad(checked.problem)
  Object.assign(fields, changed)
  // A card without its link would only be refused by the server; what was typed stays in the editor.
  if ((creating || returns) && !checkFields(change.kind, fields).ok) return bad(gone(change))
  const record = strip({ ...before, fields, stamps: creating ? everyStamp(fields, stamp) : stamps })
  if (!creating && held.record && sameRecord(record, held.record)) return ok({ ...held, lost })
  const after = written(held, record, now, change.urgency)
  let { entry } = after
  if (entry && merged) entry = { ...entry, merged }
  if (entry && how === 'put-back') entry = unmerged(entry, after.base, record, change.typed)
  return ok({ ...after, entry, lost })
}

function written(held: Held, record: RecordState, now: number, urgency: Urgency): Held {
  const base = held.entry ? held.base : held.record && held.record.version > 0 ? held.record : null
  const unsettled = held.entry?.flight ?? null
  if (!unsettled && isSettled(base, record))
    return { record: settledAs(base, record), base: null, entry: null }
  return { record, base, entry: raise(held.entry, base, record, now, urgency) }
}

const blank = (change: Change): RecordState => ({
  id: change.id,
  kind: change.kind,
  version: 0,
  fields: isKind(change.kind) ? DEFAULTS[change.kind] : {},
  stamps: {},
})

/**
 * A tab that is behind edits a record that was deleted for good meanwhile: the edit wins, as everywhere, and the record
 * returns with it and what the device still has of it. Where nothing is left, only what was written can make a record
 * again: a tag, a pin or `Restore` alone cannot, and its tab is told.
 */
const restores = ({ typed }: Change): boolean => typed.deleted === false
const edits = (change: Change): boolean => edited(change).some(({ merge }) => merge !== 'life')
const writesContent = (change: Change): boolean =>
  edited(change).some(({ field, merge }) => merge === 'text' || merge === 'line' || field === 'url')

const edited = ({ kind, shown, typed }: Change) =>
  Object.entries(typed)
    .map(([field, value]) => ({ field, value, merge: mergeKind(kind, field) }))
    .filter(({ field, value, merge }) => !sameValue(merge, value, shown[field]))

const gone = ({ kind }: Change): FieldProblem[] => [{ field: kind, problem: 'was deleted for good' }]

/** As long as the deletion has not been settled the device has the record as the server last had it, or is to get it. */
const contentLeft = ({ base, entry }: Held): RecordState | null =>
  [base, entry?.flight?.sent].find((record) => record && !isPurged(record)) ?? null

const anew = (
  { kind }: Change,
  left: RecordState | null,
  stamp: number,
): Pick<RecordState, 'fields' | 'stamps'> => ({
  fields: { ...(isKind(kind) ? DEFAULTS[kind] : {}), ...left?.fields, deleted: false, purged: false },
  stamps: { ...left?.stamps, deleted: stamp, purged: stamp },
})

/** A record deleted for good keeps nothing of its content on this device either. */
function strip(record: RecordState): RecordState {
  if (!isPurged(record)) return record
  const at = record.stamps.purged ?? 0
  return { ...record, fields: { deleted: true, purged: true }, stamps: { deleted: at, purged: at } }
}

const everyStamp = (fields: Fields, stamp: number) =>
  Object.fromEntries(Object.keys(fields).map((field) => [field, stamp]))

const sameRecord = (a: RecordState, b: RecordState): boolean =>
  a.fields === b.fields || sameValue('value', a.fields, b.fields)
