import {
  type Fields,
  isDeleted,
  type Json,
  list,
  type RecordState,
  sameValue,
  text,
} from '../../core/records.ts'
import { type Draft, type FieldDraft, fieldsOf, ownWork, resultOf } from './draft.ts'

/** What a person wrote and the record does not say, once the conflict is settled; of a record that is gone, all of it. */
export const leftOf = (draft: Draft, record: RecordState | null): FieldDraft[] =>
  ownWork(draft).filter(
    (each) => record === null || !sameValue(each.of.merge, resultOf(each), record.fields[each.of.field]),
  )

/** As an ordinary edit of the record as it is now; one in the Trash comes back with it. */
export function asEdit(
  draft: Draft,
  record: RecordState,
): { readonly shown: Fields; readonly typed: Fields } {
  const typed = fieldsOf(draft)
  const shown: Record<string, Json> = {}
  for (const field of Object.keys(typed)) {
    const now = record.fields[field]
    if (now !== undefined) shown[field] = now
  }
  return isDeleted(record)
    ? { shown: { ...shown, deleted: true }, typed: { ...typed, deleted: false } }
    : { shown, typed }
}

/** For the clipboard. */
export const wordsOf = (draft: Draft): string =>
  draft.fields
    .map((each) => (each.is === 'set' ? list(each.value).join(', ') : text(resultOf(each))))
    .join('\n\n')
