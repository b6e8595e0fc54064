import { describe, expect, test } from 'vitest'
import type { Fields, MergeKind } from '../../../src/core/records.ts'
import {
  beginDraft,
  type Draft,
  fieldsOf,
  ownWork,
  renewDraft,
  sameSides,
} from '../../../src/ui/merge/draft.ts'
import { changesOf, setChangesOf, shownFields } from '../../../src/ui/merge/shown-fields.ts'
import type { ConflictField, ConflictView } from '../../../src/ui/model.ts'

const field = (
  name: string,
  merge: MergeKind,
  [ancestor, mine, theirs]: readonly [
    ConflictField['ancestor'],
    ConflictField['mine'],
    ConflictField['theirs'],
  ],
): ConflictField => ({ field: name, merge, ancestor, mine, theirs, mineAt: 2, theirsAt: 1, by: null })
const state = (fields: Fields, version: number) => ({ id: 'a', kind: 'note', version, fields, stamps: {} })
const view = (
  fields: readonly ConflictField[],
  version = 2,
  more: readonly [Fields, Fields] = [{}, {}],
): ConflictView => ({
  id: 'a',
  kind: 'note',
  title: 'A',
  mine: state(more[0], version),
  theirs: state(more[1], version),
  since: 1,
  fields,
})
/** As the editor does it. */
const change = (draft: Draft, name: string, to: object): Draft => ({
  ...draft,
  fields: draft.fields.map((each) => (each.of.field === name ? { ...each, ...to } : each)),
})

const TITLE = field('title', 'line', ['Rome', 'Rome in May', 'Roma'])
const TAGS = field('tags', 'set', [['trip'], ['trip', 'spring'], ['trip', 'italy']])

describe('merging the fields beside the text', () => {
  test('P4 it begins with this device’s single values, and with every tag that either side has', () => {
    expect(fieldsOf(beginDraft(view([TITLE, TAGS])))).toEqual({
      title: 'Rome in May',
      tags: ['trip', 'italy', 'spring'],
    })
  })

  test('tags that differ are there too, as they are merged already, whatever else is in question; and only those', () => {
    const sides = [{ tags: ['trip', 'mine', 'theirs'] }, { tags: ['trip', 'gone', 'theirs'] }] as const
    const begun = beginDraft(view([TITLE], 2, sides))
    // What this device took out is not brought back by that.
    expect(fieldsOf(begun)).toEqual({ title: 'Rome in May', tags: ['trip', 'mine', 'theirs'] })
    expect(ownWork(begun)).toEqual([])
    const chosen = change(begun, 'tags', { value: ['trip', 'theirs'] })
    expect(ownWork(chosen).map(({ of }) => of.field)).toEqual(['tags'])
    const later = [{ tags: ['trip', 'mine', 'theirs', 'new'] }, { tags: ['trip', 'theirs', 'new'] }] as const
    expect(fieldsOf(renewDraft(chosen, view([TITLE], 3, later))).tags).toEqual(['trip', 'theirs', 'new'])
    const same = [{ tags: ['a', 'b'] }, { tags: ['b', 'a'] }] as const
    for (const others of [view([TITLE], 2, same), view([], 2, sides)])
      expect(beginDraft(others).fields.map(({ of }) => of.field)).not.toContain('tags')
  })

  test('what was deleted on one side stays unless the person says otherwise, on whichever side that was', () => {
    for (const [mine, theirs] of [
      [true, false],
      [false, true],
    ] as const) {
      const draft = beginDraft(view([field('deleted', 'life', [false, mine, theirs])]))
      expect(fieldsOf(draft)).toEqual({ deleted: false })
    }
  })

  test('one side, the other, or words of one’s own', () => {
    const draft = beginDraft(view([TITLE]))
    expect(fieldsOf(change(draft, 'title', { pick: 'theirs' }))).toEqual({ title: 'Roma' })
    expect(fieldsOf(change(draft, 'title', { pick: 'own', own: 'Rome, Roma' }))).toEqual({
      title: 'Rome, Roma',
    })
  })

  test('P4 another side keeps what was chosen: theirs is what theirs is now, one’s own words stay', () => {
    const later = view([{ ...TITLE, theirs: 'Roma e Napoli' }], 3)
    const begun = beginDraft(view([TITLE]))
    expect(fieldsOf(renewDraft(change(begun, 'title', { pick: 'theirs' }), later))).toEqual({
      title: 'Roma e Napoli',
    })
    const own = change(begun, 'title', { pick: 'own', own: 'Rome, Roma' })
    expect(fieldsOf(renewDraft(own, later))).toEqual({ title: 'Rome, Roma' })
  })

  test('P4 tags: what came elsewhere comes in, what the person removed or added stays so', () => {
    const begun = change(beginDraft(view([TAGS])), 'tags', { value: ['trip', 'spring', 'mine'] })
    const later = view([{ ...TAGS, theirs: ['trip', 'italy', 'food'] }], 3)
    expect([...(fieldsOf(renewDraft(begun, later)).tags as string[])].sort()).toEqual([
      'food',
      'mine',
      'spring',
      'trip',
    ])
  })

  test('a field that is in question only now is asked too, one that is settled is not sent', () => {
    const begun = beginDraft(view([TITLE]))
    expect(fieldsOf(renewDraft(begun, view([TAGS], 3)))).toEqual({ tags: ['trip', 'italy', 'spring'] })
  })

  test('P4 one’s own words for a field that is settled for a while are there when it is in question again', () => {
    const own = change(beginDraft(view([TITLE, TAGS])), 'title', { pick: 'own', own: 'my own words' })
    const settled = renewDraft(own, view([TAGS], 3))
    expect(fieldsOf(settled)).toEqual({ tags: ['trip', 'italy', 'spring'] })
    const still = renewDraft(settled, view([{ ...TAGS, theirs: ['trip', 'food'] }], 4))
    const again = renewDraft(still, view([{ ...TITLE, theirs: 'Roma e Napoli' }, TAGS], 5))
    expect(fieldsOf(again).title).toBe('my own words')
    expect(again.parked).toEqual([])
  })

  test('the same of a text, and of a choice; what nobody touched begins anew', () => {
    const TEXT = field('content', 'text', ['one\ntwo', 'one of mine\ntwo', 'one of theirs\ntwo'])
    const begun = change(beginDraft(view([TEXT, TITLE, TAGS])), 'title', { pick: 'theirs' })
    const content = begun.fields.find((each) => each.of.field === 'content')
    if (content?.is !== 'text') throw new Error('no text')
    const text = `${content.merge.text}\na paragraph of my own`
    const typed = change(begun, 'content', { merge: { ...content.merge, text } })
    const settled = renewDraft(typed, view([field('deleted', 'life', [false, false, true])], 3))
    expect(settled.parked.map(({ of }) => of.field)).toEqual(['content', 'title'])
    const again = fieldsOf(renewDraft(settled, view([TEXT, TITLE, { ...TAGS, theirs: ['food'] }], 4)))
    expect(again).toEqual({ content: text, title: 'Roma', tags: ['food', 'trip', 'spring'] })
  })

  test('a person’s own work is what they typed or changed, in question still or not, and nothing that came by itself', () => {
    const begun = beginDraft(view([TITLE, TAGS]))
    expect(ownWork(begun)).toEqual([])
    expect(ownWork(renewDraft(begun, view([{ ...TITLE, theirs: 'Napoli' }, TAGS], 3)))).toEqual([])
    expect(ownWork(change(begun, 'title', { pick: 'theirs' })), 'a choice between two that are gone').toEqual(
      [],
    )
    const own = change(begun, 'title', { pick: 'own', own: 'my own words' })
    const named = (draft: Draft) => ownWork(draft).map(({ of }) => of.field)
    expect(named(own)).toEqual(['title'])
    expect(named(renewDraft(own, view([TAGS], 3)))).toEqual(['title'])
    expect(named(change(begun, 'tags', { value: ['trip', 'mine'] }))).toEqual(['tags'])
  })

  test('the same sides are known as the same', () => {
    expect(sameSides(view([TITLE]), view([TITLE]))).toBe(true)
    expect(sameSides(view([TITLE]), view([{ ...TITLE, mine: 'x' }]))).toBe(false)
    expect(sameSides(view([TITLE]), view([TITLE], 3))).toBe(false)
    expect(sameSides(view([TITLE]), view([TITLE, TAGS]))).toBe(false)
  })
})

describe('what the comparison shows', () => {
  test('against the common ancestor, each side’s own changes', () => {
    expect(changesOf(TITLE, 'mine')).toEqual([
      { is: 'same', text: 'Rome' },
      { is: 'ins', text: ' in May' },
    ])
    expect(setChangesOf(TAGS, 'theirs')).toEqual([
      { is: 'same', text: 'trip' },
      { is: 'ins', text: 'italy' },
    ])
    expect(setChangesOf({ ...TAGS, mine: [] }, 'mine')).toEqual([{ is: 'del', text: 'trip' }])
  })

  test('without one, what only that side has; nothing is said to be removed', () => {
    const one = field('title', 'line', [null, 'Rome in May', 'Rome in June'])
    expect(changesOf(one, 'mine')).toEqual([
      { is: 'same', text: 'Rome in ' },
      { is: 'ins', text: 'May' },
    ])
  })

  test('beside a deletion the edit that it met is shown', () => {
    const life = field('deleted', 'life', [false, false, true])
    const shown = shownFields(
      view([life], 2, [
        { content: 'one and two', tags: ['a'] },
        { content: 'one', tags: ['a'], deleted: true },
      ]),
    )
    expect(shown.map(({ field }) => field)).toEqual(['deleted', 'content'])
    expect(shown[1]?.ancestor).toBe('one')
  })

  test('title first, then text, then what it is filed under, however they came', () => {
    const fields = [TAGS, field('content', 'text', ['', 'a', 'b']), TITLE]
    expect(shownFields(view(fields)).map(({ field }) => field)).toEqual(['title', 'content', 'tags'])
  })
})
