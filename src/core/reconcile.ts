import { type Author, authorOf } from './authors.ts'
import { settleLife } from './life.ts'
import { mergeText, type OnClash } from './merge-text.ts'
import { DEFAULT_POLICY, judge, type Policy } from './policy.ts'
import {
  type Fields,
  isDeleted,
  isPurged,
  type Json,
  list,
  type MergeKind,
  mergeKind,
  type RecordState,
  sameJson,
  sameValue,
  text,
} from './records.ts'
import { checkFields } from './schema.ts'

/** A value that did not make it into the record; it goes to version history before anything else. */
export interface Lost {
  readonly field: string
  readonly value: Json
  readonly stamp: number
  /** Whether it was this device's or the other's. */
  readonly side: 'local' | 'remote'
  /**
   * `merged`: this device's value before an automatic merge took both sides in; `resolved`: a person chose another in a
   * conflict; `discarded`: a person gave the change up. Without: it lost a conflict that was decided by itself.
   */
  readonly why?: 'merged' | 'resolved' | 'discarded' | 'replaced' | undefined
  /** Whose value it was, where it was the other side's and the server said so. */
  readonly by?: Author | null | undefined
}

export interface Reconciled {
  /** The merged record, on the remote's version. What differs from the remote is left to send. */
  readonly record: RecordState
  readonly lost: readonly Lost[]
  /** A deletion on one side met an edit on the other: the record came back, and the person is told. */
  readonly returned: boolean
  /** Fields that a person has to choose between, with the value that both began from; the record has this side's. */
  readonly ancestors: Fields
  /** Another account's value won. */
  readonly overruled: boolean
}

/** From whose side a conflict is seen, and what is wanted there. */
export interface Standpoint {
  /** null: any author counts as the same account. */
  readonly account: string | null
  readonly policy: Policy
}
const PLAIN: Standpoint = { account: null, policy: DEFAULT_POLICY }

/**
 * The one function that brings base, local and remote together. Versions, never clocks, say that there is
 * something to bring together; the policy decides what both sides changed, stamps only where it says so.
 * Law: reconcile(base, base, remote) is remote, with nothing to send (traces.md, 49).
 * @param open the ancestors of fields in open conflict: they stay so while the sides differ, whatever else comes
 */
export function reconcile(
  base: RecordState | null,
  local: RecordState,
  remote: RecordState,
  standpoint = PLAIN,
  open: Fields = {},
): Reconciled {
  const life = settleLife(base, local, remote, standpoint.policy, 'deleted' in open)
  const ancestors: Record<string, Json> = life.ask
    ? { deleted: open.deleted ?? (base !== null && isDeleted(base)) }
    : {}
  const { returned } = life
  const whole = (record: RecordState): Reconciled => ({
    record,
    lost: [],
    returned,
    ancestors,
    overruled: false,
  })
  if (life.take === 'remote') return whole(remote)
  if (life.take === 'purge') return whole({ ...local, version: remote.version })
  if (life.take === 'local') {
    const fields = { ...withoutLife(local.fields), deleted: isDeleted(local), purged: false }
    const stamps = {
      ...local.stamps,
      deleted: Math.max(local.stamps.deleted ?? 0, remote.stamps.deleted ?? 0),
    }
    const lost = askedOf(base, open, remote, local)
    return { ...whole({ ...local, fields, stamps, version: remote.version }), lost }
  }
  const lost = new Map<string, Lost>()
  let overruled = false
  // A tombstone, or the blank that a whole record is sent on, has no content that both sides could have begun from:
  // merged on its emptiness, text would be doubled.
  const common = base && (isPurged(base) || base.version === 0) ? null : base
  const fields: Record<string, Json> = {}
  const stamps: Record<string, number> = {}
  const take = (field: string, merged: MergedField): void => {
    if (merged.lost) lost.set(field, merged.lost)
    else lost.delete(field)
    overruled ||= merged.overruled === true
    if (merged.ancestor !== undefined) ancestors[field] = merged.ancestor
    if (merged.value !== undefined) fields[field] = merged.value
    if (merged.stamp !== undefined) stamps[field] = merged.stamp
  }
  const side = (field: string): Side => {
    const kind = mergeKind(local.kind, field)
    return { field, kind, base: common, local, remote, standpoint, open: open[field] }
  }
  for (const field of new Set([...Object.keys(remote.fields), ...Object.keys(local.fields)]))
    if (mergeKind(local.kind, field) !== 'life') take(field, mergeField(side(field)))
  // A merge may break a limit that neither side broke (traces.md, 34): one of the two, whole.
  const checked = checkFields(local.kind, fields)
  for (const { field: path } of checked.ok ? [] : checked.problem) {
    const field = path.split('.')[0] ?? path
    const [mine, theirs] = [local.fields[field], remote.fields[field]]
    const isMerge = !sameJson(fields[field], mine) && !sameJson(fields[field], theirs)
    if (isMerge && mine !== undefined && theirs !== undefined) take(field, choose(side(field)))
  }
  if (remote.fields.purged !== undefined) fields.purged = remote.fields.purged
  if (remote.stamps.purged !== undefined) stamps.purged = remote.stamps.purged
  if (life.deleted !== undefined) fields.deleted = life.deleted
  if (life.stamp !== undefined) stamps.deleted = life.stamp
  return { record: { ...remote, fields, stamps }, lost: [...lost.values()], returned, ancestors, overruled }
}

/** What a person was choosing against, where it is in this device's base alone and is about to be replaced. */
export function askedOf(base: RecordState | null, open: Fields, ...kept: RecordState[]): Lost[] {
  return Object.keys(open).flatMap((field): Lost[] => {
    const value = base?.fields[field]
    if (!base || value === undefined) return []
    const kind = mergeKind(base.kind, field)
    if (kind === 'life' || kept.some(({ fields }) => sameValue(kind, value, fields[field]))) return []
    return [{ field, value, stamp: base.stamps[field] ?? 0, side: 'remote', by: authorOf(base, field) }]
  })
}

interface Side {
  readonly field: string
  readonly kind: MergeKind
  readonly base: RecordState | null
  readonly local: RecordState
  readonly remote: RecordState
  readonly standpoint: Standpoint
  /** The ancestor where the field is in open conflict already. */
  readonly open: Json | undefined
}

interface MergedField {
  readonly value: Json | undefined
  readonly stamp: number | undefined
  readonly lost?: Lost | undefined
  /** A person has to choose; `value` is this side's until then. */
  readonly ancestor?: Json | undefined
  /** Another account's value won. */
  readonly overruled?: boolean
}

const mineOf = ({ field, local }: Side): MergedField => ({
  value: local.fields[field],
  stamp: local.stamps[field],
})
const theirsOf = ({ field, remote }: Side): MergedField => ({
  value: remote.fields[field],
  stamp: remote.stamps[field],
})

function mergeField(sides: Side): MergedField {
  const { field, kind, base, open } = sides
  const mine = mineOf(sides)
  const theirs = theirsOf(sides)
  if (sameValue(kind, mine.value, theirs.value)) return theirs
  if (open !== undefined) return { ...mine, ancestor: open }
  if (base && sameValue(kind, base.fields[field], mine.value)) return theirs
  if (base && sameValue(kind, base.fields[field], theirs.value)) return mine
  const stamp = Math.max(mine.stamp ?? 0, theirs.stamp ?? 0)
  const merged = (value: Json): MergedField =>
    // Without a base nothing of this device's is gone, and undoing a union would bring nothing back.
    ({
      value,
      stamp,
      lost: base && !sameValue(kind, value, mine.value) ? losing(sides, 'local', 'merged') : undefined,
    })
  if (kind === 'set') return merged(mergeSet(base?.fields[field], mine.value, theirs.value))
  if (kind === 'text' && base) {
    const both = mergeText(text(base.fields[field]), text(mine.value), text(theirs.value), 'mine')
    if (!both.clash) return merged(both.text)
  }
  return choose(sides)
}

/** One side's value, by the policy; of a text only the words that clash, the rest is both sides'. */
function choose(sides: Side): MergedField {
  const { field, kind, base, local, remote, standpoint } = sides
  const mine = mineOf(sides)
  const theirs = theirsOf(sides)
  const author = authorOf(remote, field)
  const foreign = author !== null && standpoint.account !== null && author.account !== standpoint.account
  // Nothing to compare with: a restored server, or two cards of one link. It is not for a person to choose then.
  const verdict = base ? judge(standpoint.policy, foreign ? 'theirs' : 'ours', kind) : 'latest'
  if (verdict === 'ask' && base) return { ...mine, ancestor: base.fields[field] ?? null }
  const later = (local.stamps[field] ?? 0) > (remote.stamps[field] ?? 0)
  const winner = verdict === 'local' || (verdict === 'latest' && later) ? 'mine' : 'theirs'
  const lost = losing(sides, winner === 'mine' ? 'remote' : 'local')
  const won = winner === 'mine' ? mine : { ...theirs, overruled: foreign }
  if (kind !== 'text' || !base) return { ...won, lost }
  const value = mergeText(text(base.fields[field]), text(mine.value), text(theirs.value), winner).text
  return { ...won, ...(checkFields(local.kind, { [field]: value }).ok && { value }), lost }
}

function losing(sides: Side, side: Lost['side'], why?: Lost['why']): Lost | undefined {
  const { value, stamp = 0 } = side === 'local' ? mineOf(sides) : theirsOf(sides)
  if (value === undefined) return undefined
  const by = side === 'remote' ? authorOf(sides.remote, sides.field) : null
  return { field: sides.field, value, stamp, side, ...(why && { why }), ...(by && { by }) }
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

const withoutLife = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([field]) => field !== 'deleted' && field !== 'purged'))

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
