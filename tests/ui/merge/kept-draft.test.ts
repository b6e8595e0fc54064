import { describe, expect, test } from 'vitest'
import { beginDraft, type Draft, fieldsOf, ownWork, renewDraft } from '../../../src/ui/merge/draft.ts'
import { goOn, keepDraft, outlived } from '../../../src/ui/merge/kept-draft.ts'
import type { ConflictField, ConflictView } from '../../../src/ui/model.ts'

const field = (
  name: string,
  merge: ConflictField['merge'],
  [ancestor, mine, theirs]: readonly NonNullable<ConflictField['mine']>[],
): ConflictField => ({
  field: name,
  merge,
  ancestor: ancestor ?? null,
  mine,
  theirs,
  mineAt: 2,
  theirsAt: 1,
  by: null,
})
const side = { id: 'a', kind: 'note', version: 2, fields: {}, stamps: {} }
const view = (theirs: string, since = 1): ConflictView => ({
  id: 'a',
  kind: 'note',
  title: 'A',
  mine: side,
  theirs: side,
  since,
  fields: [
    field('content', 'text', ['soup\nbread', 'soup of peas\nbread', theirs]),
    field('title', 'line', ['Rome', 'Rome in May', 'Roma']),
    field('tags', 'set', [['trip'], ['trip', 'spring'], ['trip', 'italy']]),
  ],
})

/** Chosen, written and left: what a person has done in the merge editor. */
function worked(draft: Draft): Draft {
  const fields = draft.fields.map((each) => {
    if (each.is === 'one') return { ...each, pick: 'own', own: 'Rome, Roma' } as const
    if (each.is === 'set') return { ...each, value: ['italy'] }
    return { ...each, merge: { ...each.merge, text: `${each.merge.text}\nand my own line` } }
  })
  return { ...draft, fields }
}
/** As a reload keeps it. */
const reloaded = (draft: Draft) => JSON.parse(JSON.stringify(keepDraft(draft)))

describe('a merge that was begun and not saved', () => {
  test('P4 after a reload it goes on, to the letter', () => {
    const now = view('soup of beans\nbread')
    const draft = worked(beginDraft(now))
    expect(goOn(reloaded(draft), now)).toEqual(draft)
  })

  test('P4 it goes on against the other side as that is by now', () => {
    const draft = worked(beginDraft(view('soup of beans\nbread')))
    const after = goOn(reloaded(draft), view('soup of beans\nbread\nwine'))
    expect(fieldsOf(after)).toEqual({
      content: expect.stringMatching(/and my own line/),
      title: 'Rome, Roma',
      tags: ['italy'],
    })
    expect(fieldsOf(after).content).toContain('wine')
  })

  test('P4 words for a field that is settled meanwhile outlive the reload too', () => {
    const now = view('soup of beans\nbread')
    const without = (name: string) => ({ ...now, fields: now.fields.filter((each) => each.field !== name) })
    for (const name of ['title', 'content']) {
      const begun = worked(beginDraft(now))
      const draft = renewDraft(begun, without(name))
      const after = goOn(reloaded(draft), without(name))
      expect(after).toEqual(draft)
      expect(fieldsOf(renewDraft(after, now))[name]).toEqual(fieldsOf(begun)[name])
    }
  })

  test('P4 where the conflict is settled meanwhile, what was written is still there, with what it was written on', () => {
    const now = view('soup of beans\nbread')
    const draft = worked(beginDraft(now))
    const record = { ...side, version: 3, fields: { title: 'Roma' } }
    const after = outlived(reloaded(draft), 'a', record)
    expect(after.view).toMatchObject({ id: 'a', title: 'Roma', mine: record })
    expect(ownWork(after)).toEqual(ownWork(draft))
  })

  test('P4 what was written in an earlier conflict of the record is there in the next; a mere choice is not', () => {
    const before = view('soup of beans\nbread')
    const next = view('soup of lentils\nbread', 9)
    const after = fieldsOf(goOn(reloaded(worked(beginDraft(before))), next))
    expect(after.title).toBe('Rome, Roma')
    expect(after.content).toContain('and my own line')
    const choice = beginDraft(before)
    const fields = choice.fields.map((each) =>
      each.is === 'one' ? { ...each, pick: 'theirs' as const } : each,
    )
    expect(goOn(reloaded({ ...choice, fields }), next)).toEqual(beginDraft(next))
  })
})
