import { piecesOf } from '../../core/merge-blocks.ts'
import { type RecordState, text, titleOf } from '../../core/records.ts'
import type { ConflictView } from '../model.ts'
import { ancestorOf, type Draft, type FieldDraft, renewDraft } from './draft.ts'
import type { TextMerge } from './text-merge.ts'

type OneField = FieldDraft extends infer Each ? (Each extends { is: 'text' } ? never : Each) : never
type TextField = Pick<FieldDraft, 'of'> & { readonly is: 'text' } & Pick<TextMerge, 'text' | 'ranges'>

/** A merge under way without what can be worked out again: both sides' texts are long enough once. */
export interface KeptDraft {
  /** The conflict that it was begun on. */
  readonly since: number
  readonly fields: readonly KeptField[]
  readonly parked?: readonly KeptField[]
}
type KeptField = OneField | TextField

export const keepDraft = ({ view, fields, parked }: Draft): KeptDraft => ({
  since: view.since,
  fields: fields.map(keepField),
  parked: parked.map(keepField),
})

const keepField = (field: FieldDraft): KeptField =>
  field.is === 'text'
    ? { of: field.of, is: 'text', text: field.merge.text, ranges: field.merge.ranges }
    : field

/** The work goes on, on the sides as they are now; null: it was begun on an earlier conflict of the record. */
export function goOn(kept: KeptDraft, view: ConflictView): Draft | null {
  if (kept.since !== view.since) return null
  return renewDraft(draftOf(kept, view), view)
}

/** The work as it was left, where the conflict is no more; `record` is what has become of it. */
export function outlived(kept: KeptDraft, record: RecordState): Draft {
  const { id, kind } = record
  const fields = kept.fields.map(({ of }) => of)
  const { since } = kept
  return draftOf(kept, { id, kind, title: titleOf(record), mine: record, theirs: record, since, fields })
}

const draftOf = ({ fields, parked = [] }: KeptDraft, view: ConflictView): Draft => ({
  view,
  fields: fields.map(again),
  parked: parked.map(again),
})

function again(kept: KeptField): FieldDraft {
  if (kept.is !== 'text') return kept
  const { of, ranges } = kept
  const [ancestor, mine, theirs] = [ancestorOf(of), text(of.mine), text(of.theirs)]
  const merge = { ancestor, mine, theirs, pieces: piecesOf(ancestor, mine, theirs), text: kept.text, ranges }
  return { of, is: 'text', merge }
}
