import { describe, expect, test } from 'vitest'
import type { Fields } from '../../../src/core/records.ts'
import { beginDraft, type Draft } from '../../../src/ui/merge/draft.ts'
import { asEdit, leftOf, wordsOf } from '../../../src/ui/merge/left-over.ts'
import type { ConflictField } from '../../../src/ui/model.ts'

const of = (field: string, merge: ConflictField['merge'], mine: string, theirs: string): ConflictField => ({
  ...{ field, merge, ancestor: null, mine, theirs, mineAt: 2, theirsAt: 1, by: null },
})
const record = (fields: Fields) => ({ id: 'a', kind: 'note', version: 3, fields, stamps: {} })
const side = record({})
const begun = beginDraft({
  ...{ id: 'a', kind: 'note', title: 'A', mine: side, theirs: side, since: 1 },
  fields: [of('title', 'line', 'Rome', 'Roma'), of('content', 'text', 'soup', 'bread')],
})
/** A person writes one field, and leaves the other as it began. */
const written: Draft = {
  ...begun,
  fields: begun.fields.map((each) =>
    each.is === 'text' ? { ...each, merge: { ...each.merge, text: 'soup\nbread\nand wine' } } : each,
  ),
}
const left = (fields: Fields): Draft => ({ ...written, fields: leftOf(written, record(fields)) })

describe('what a person wrote, once the conflict is settled', () => {
  test('P4 it alone is saved, as an edit of the record as it is shown: the other fields stay', () => {
    const now = { title: 'Napoli', content: 'soup' }
    expect(asEdit(left(now), record(now))).toEqual({
      shown: { content: 'soup' },
      typed: { content: 'soup\nbread\nand wine' },
    })
  })

  test('a record in the Trash comes back with it', () => {
    const now = { title: 'Napoli', content: 'soup', deleted: true }
    expect(asEdit(left(now), record(now))).toMatchObject({
      shown: { deleted: true },
      typed: { deleted: false },
    })
  })

  test('nothing is left where the record says it already, or where nothing was written', () => {
    expect(left({ title: 'Napoli', content: 'soup\nbread\nand wine' }).fields).toEqual([])
    expect(leftOf(begun, record({ title: 'Napoli', content: 'soup' }))).toEqual([])
  })

  test('of a record that is gone it can be copied', () => {
    expect(wordsOf({ ...written, fields: leftOf(written, null) })).toBe('soup\nbread\nand wine')
  })
})
