import { piecesOf } from '../../core/merge-blocks.ts'
import { text } from '../../core/records.ts'
import type { ConflictView } from '../model.ts'
import { ancestorOf, type Draft, type FieldDraft, renewDraft } from './draft.ts'
import type { TextMerge } from './text-merge.ts'

type OneField = FieldDraft extends infer Each ? (Each extends { is: 'text' } ? never : Each) : never
type TextField = Pick<FieldDraft, 'of'> & { readonly is: 'text' } & Pick<TextMerge, 'text' | 'ranges'>

/** A merge under way without what can be worked out again: both sides' texts are long enough once. */
export interface KeptDraft {
  /** The conflict that it was begun on. */
  readonly since: number
  readonly fields: readonly (OneField | TextField)[]
}

export const keepDraft = ({ view, fields }: Draft): KeptDraft => ({
  since: view.since,
  fields: fields.map((field) =>
    field.is === 'text'
      ? { of: field.of, is: 'text', text: field.merge.text, ranges: field.merge.ranges }
      : field,
  ),
})

/** The work goes on, on the sides as they are now; null: it was begun on an earlier conflict of the record. */
export function goOn(kept: KeptDraft, view: ConflictView): Draft | null {
  if (kept.since !== view.since) return null
  return renewDraft({ view, fields: kept.fields.map(again) }, view)
}

function again(kept: OneField | TextField): FieldDraft {
  if (kept.is !== 'text') return kept
  const { of, ranges } = kept
  const [ancestor, mine, theirs] = [ancestorOf(of), text(of.mine), text(of.theirs)]
  const merge = { ancestor, mine, theirs, pieces: piecesOf(ancestor, mine, theirs), text: kept.text, ranges }
  return { of, is: 'text', merge }
}
