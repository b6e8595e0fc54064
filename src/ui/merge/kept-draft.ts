import { piecesOf } from '../../core/merge-blocks.ts'
import { type RecordState, text, titleOf } from '../../core/records.ts'
import type { ConflictView } from '../model.ts'
import { ancestorOf, type Draft, type FieldDraft, ownWork, renewDraft } from './draft.ts'
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

/** The work goes on, on the sides as they are now; of an earlier conflict's what was written, not what was only chosen. */
export function goOn(kept: KeptDraft, view: ConflictView): Draft {
  const was = draftOf(kept, view)
  return renewDraft(kept.since === view.since ? was : { view, fields: [], parked: ownWork(was) }, view)
}

/** The work as it was left, where the conflict is no more; `record` is what has become of it, null where it is gone. */
export function outlived(kept: KeptDraft, id: string, now: RecordState | null): Draft {
  const record = now ?? { id, kind: 'note', version: 0, fields: {}, stamps: {} }
  const { kind } = record
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
