import { mergeSet } from '../../core/reconcile.ts'
import type { Fields, Json } from '../../core/records.ts'
import { list, sameValue, text } from '../../core/records.ts'
import type { ConflictField, ConflictView } from '../model.ts'
import { beginText, renewText, type TextMerge } from './text-merge.ts'

/** One field on its way to being merged by a person. */
export type FieldDraft = { readonly of: ConflictField } & (
  | { readonly is: 'text'; readonly merge: TextMerge }
  /** `begun`: what it was before the person chose. */
  | { readonly is: 'set'; readonly value: readonly string[]; readonly begun: readonly string[] }
  /** `own`: what a person has written instead of either. */
  | { readonly is: 'one'; readonly pick: 'mine' | 'theirs' | 'own'; readonly own: string }
)

/** What a person has chosen and written so far, against the two sides of `view`. */
export interface Draft {
  readonly view: ConflictView
  readonly fields: readonly FieldDraft[]
  /** Of fields that are in question no longer: there again when they are. */
  readonly parked: readonly FieldDraft[]
}

export const beginDraft = (view: ConflictView): Draft => ({
  view,
  fields: questions(view).map(begin),
  parked: [],
})

export const ancestorOf = ({ ancestor }: ConflictField): string | null =>
  ancestor === null ? null : text(ancestor)
const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])]

/** Every field in question; and tags that differ: they are merged by now, and who merges sees that and may choose anew. */
function questions({ fields, mine, theirs }: ConflictView): readonly ConflictField[] {
  const [own, other] = [mine.fields.tags, theirs.fields.tags]
  const asked = fields.length === 0 || fields.some(({ field }) => field === 'tags' || field === 'deleted')
  if (asked || !own || !other || sameValue('set', own, other)) return fields
  const [mineAt, theirsAt] = [mine.stamps.tags ?? 0, theirs.stamps.tags ?? 0]
  const sides = { mine: own, theirs: other, mineAt, theirsAt, by: null }
  return [...fields, { field: 'tags', merge: 'set', ancestor: MERGED, ...sides }]
}

/** In place of an ancestor: what this device has is what both sides made of it. */
const MERGED: Json = 'merged'

function begin(of: ConflictField): FieldDraft {
  const { field, merge, mine, theirs, ancestor } = of
  if (merge === 'text') return { of, is: 'text', merge: beginText(ancestorOf(of), text(mine), text(theirs)) }
  if (merge === 'set') {
    const begun = ancestor === MERGED ? list(mine) : union(list(theirs), list(mine))
    return { of, is: 'set', value: begun, begun }
  }
  // Who merges wants something to be there.
  const pick = field === 'deleted' && mine === true ? 'theirs' : 'mine'
  return { of, is: 'one', pick, own: '' }
}

/** The same work on other sides: nothing that was chosen or written is lost. */
export function renewDraft(draft: Draft, view: ConflictView): Draft {
  const all = [...draft.fields, ...draft.parked]
  const asked = questions(view)
  const fields = asked.map((of): FieldDraft => {
    const was = all.find((each) => each.of.field === of.field)
    if (!was) return begin(of)
    if (was.is === 'text')
      return { ...was, of, merge: renewText(was.merge, ancestorOf(of), text(of.mine), text(of.theirs)) }
    if (was.is === 'one') return { ...was, of }
    const now = begin(of)
    if (now.is !== 'set') return now
    // One that an earlier version has kept does not say what it began with.
    return { ...now, value: list(mergeSet(was.begun ?? now.begun, was.value, now.begun)) }
  })
  const names = new Set(asked.map(({ field }) => field))
  const parked = all.filter((each) => !names.has(each.of.field) && isTouched(each))
  return { view, fields, parked }
}

const isChanged = (draft: FieldDraft): boolean =>
  !sameValue(draft.of.merge, resultOf(draft), resultOf(begin(draft.of)))
const isTouched = (draft: FieldDraft): boolean => isChanged(draft) || (draft.is === 'one' && draft.own !== '')

/** What a person typed or put together, and is nowhere else. A choice between two values is no work of its own. */
export const ownWork = ({ fields, parked }: Draft): FieldDraft[] =>
  [...fields, ...parked].filter((each) => (each.is === 'one' ? each.pick === 'own' : isChanged(each)))

/** What the field will hold. */
export function resultOf(draft: FieldDraft): Json | undefined {
  switch (draft.is) {
    case 'text':
      return draft.merge.text
    case 'set':
      return draft.value
    case 'one':
      return draft.pick === 'own' ? draft.own : draft.of[draft.pick]
  }
}

export function fieldsOf({ fields }: Draft): Fields {
  const chosen: Record<string, Json> = {}
  for (const draft of fields) {
    const value = resultOf(draft)
    if (value !== undefined) chosen[draft.of.field] = value
  }
  return chosen
}

/** Whether either side of the two views is another one. */
export const sameSides = (a: ConflictView, b: ConflictView): boolean =>
  a.fields.length === b.fields.length &&
  a.theirs.version === b.theirs.version &&
  a.fields.every((one) => {
    const other = b.fields.find(({ field }) => field === one.field)
    return (
      other !== undefined &&
      sameValue(one.merge, one.mine, other.mine) &&
      sameValue(one.merge, one.theirs, other.theirs)
    )
  })
