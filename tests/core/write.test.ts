import { describe, expect, test } from 'vitest'
import { isDeleted } from '../../src/core/records.ts'
import type { Held } from '../../src/core/settle.ts'
import { applyChange, type Change } from '../../src/core/write.ts'
import { card, changed, clean, dirty, flying, idOf, note, nothing, T0 } from '../support/device-records.ts'

const change = (typed: Change['typed'], shown: Change['shown'] = {}, rest: Partial<Change> = {}): Change => ({
  id: idOf(1),
  kind: 'note',
  shown,
  typed,
  create: false,
  urgency: 'at-once',
  ...rest,
})
function apply(held: Held, ...changes: Change[]): Held {
  let now = held
  for (const one of changes) {
    const result = applyChange(now, one, T0 + 5000, T0 + 5000)
    if (!result.ok) throw new Error(JSON.stringify(result.problem))
    const { record, base, entry } = result.value
    now = { record, base, entry }
  }
  return now
}
const base = note('one', { version: 3 })

describe('applyChange', () => {
  test('P4: a single value that another tab put there unseen is in `lost`, not gone', () => {
    const shown = card('https://a.example/', {}, { version: 2 })
    const stored = changed(shown, { url: 'https://b.example/' })
    const edit = { ...change({ url: 'https://c.example/' }, { url: 'https://a.example/' }), kind: 'card' }
    const written = applyChange(dirty(shown, stored), edit, T0, T0)
    expect(written.ok && written.value.lost).toMatchObject([
      { field: 'url', value: 'https://b.example/', side: 'remote' },
    ])
    expect(written.ok && written.value.record?.fields.url).toBe('https://c.example/')
  })

  test('P8 a field that an older version let through does not keep the others from being edited', () => {
    const old = card('https://a b/', { title: 'Old' }, { version: 2 })
    const edit = {
      id: old.id,
      kind: 'card',
      shown: { title: 'Old' },
      typed: { title: 'New' },
      create: false,
      urgency: 'at-once',
    } as const
    const done = applyChange(clean(old), edit, T0, T0)
    expect(done.ok && done.value.record?.fields.title).toBe('New')
    expect(applyChange(clean(old), { ...edit, typed: { url: 'no address' } }, T0, T0).ok).toBe(false)
  })

  test('P4: a tab that is behind types into a record that is deleted for good: it returns with what was typed', () => {
    const gone = apply(clean(base), change({ deleted: true, purged: true }, { purged: false }))
    expect(gone.record?.fields).toEqual({ deleted: true, purged: true })
    const back = apply(gone, change({ content: 'one two' }, { content: 'one' }))
    expect(back).toMatchObject({
      record: { version: 3, fields: { content: 'one two', title: 'A note', deleted: false, purged: false } },
      entry: { state: { is: 'ready' } },
    })
    const synced = clean({ ...base, fields: { deleted: true, purged: true } })
    expect(apply(synced, change({ content: 'two' }, { content: 'one' })).record?.fields).toMatchObject({
      content: 'two',
      title: '',
    })
    // Leaving the field again is no edit of its text.
    expect(apply(gone, change({ content: 'one' }, { content: 'one' })).record).toEqual(gone.record)
  })

  test('P4: what the device still has of it is merged into, not written over, and keeps its stamps', () => {
    const both = note('one\nremote', { version: 3 })
    const gone = apply(clean(both), change({ deleted: true, purged: true }, { purged: false }))
    const back = apply(gone, change({ content: 'one!' }, { content: 'one' }))
    expect(back.record?.fields.content).toBe('one!\nremote')
    expect(back.record?.stamps.title).toBe(both.stamps.title)
    const unsent = flying(null, note('sent', { version: 0 }))
    const purged = apply(unsent, change({ deleted: true, purged: true }, { purged: false }))
    expect(apply(purged, change({ title: 'T' }, { title: 'A note' })).record?.fields).toMatchObject({
      title: 'T',
      content: 'sent',
    })
    const pinned = apply(gone, change({ pinned: true }, { pinned: false }))
    expect(pinned.record?.fields).toMatchObject({ pinned: true, content: 'one\nremote', purged: false })
  })

  test('P1: `Undo` or `Restore` in a tab that is behind brings back what the device still has, or is refused', () => {
    const gone = apply(clean(base), change({ deleted: true, purged: true }, { purged: false }))
    const restore = change({ deleted: false }, { deleted: true })
    expect(apply(gone, restore), 'the deletion was not sent yet').toEqual(clean(base))
    const sent = flying(base, { ...base, fields: { deleted: true, purged: true } })
    expect(apply(sent, restore).record?.fields).toMatchObject({
      content: 'one',
      deleted: false,
      purged: false,
    })
    expect(applyChange(clean({ ...base, fields: { deleted: true, purged: true } }), restore, T0, T0)).toEqual(
      {
        ok: false,
        problem: [{ field: 'note', problem: 'was deleted for good' }],
      },
    )
  })

  test('P5: deleted for good, what a restored server lacks keeps out nothing that another device still has', () => {
    const trashed = note('', { version: 5, fields: { deleted: true } })
    const purge = change({ purged: true }, { purged: false })
    for (const lacking of [null, { ...trashed, version: 0 }])
      expect(apply(dirty(lacking, trashed), purge)).toMatchObject({
        record: { version: 0, fields: { deleted: true, purged: true } },
        base: null,
        entry: null,
      })
  })

  test('P1: a tag for what is deleted for good, of which nothing is left here, is refused, not swallowed', () => {
    const gone = clean({ ...base, fields: { deleted: true, purged: true } })
    for (const [typed, shown] of [
      [{ tags: ['a'] }, { tags: [] }],
      [{ pinned: true }, { pinned: false }],
    ] as const)
      expect(applyChange(gone, change(typed, shown), T0, T0)).toEqual({
        ok: false,
        problem: [{ field: 'note', problem: 'was deleted for good' }],
      })
    expect(applyChange(gone, change({ tags: ['a'] }, { tags: ['a'] }), T0, T0).ok).toBe(true)
    const link = change({ url: 'https://b.example/' }, { url: 'https://a.example/' }, { kind: 'card' })
    const goneCard = clean(card('', {}, { version: 3, fields: { deleted: true, purged: true } }))
    expect(apply(goneCard, link).record?.fields).toMatchObject({ url: 'https://b.example/', purged: false })
  })

  test('P12: a card that is deleted for good cannot return without its link; the editor is told', () => {
    const gone = clean(
      card('https://a.example/', {}, { version: 3, fields: { deleted: true, purged: true } }),
    )
    const edit = change({ description: 'x' }, { description: '' }, { kind: 'card' })
    expect(applyChange(gone, edit, T0, T0)).toEqual({
      ok: false,
      problem: [{ field: 'card', problem: 'was deleted for good' }],
    })
    const link = { url: 'https://a.example/' }
    const kept = apply(
      clean(card(link.url, {}, { version: 3 })),
      change({ deleted: true, purged: true }, {}, { kind: 'card' }),
    )
    expect(apply(kept, edit).record?.fields).toMatchObject({ ...link, description: 'x' })
  })

  test('P1: a create has every field of its kind, each stamped, and an entry', () => {
    const made = apply(nothing, change({ title: 'T' }, {}, { create: true }))
    expect(made).toMatchObject({
      base: null,
      record: { id: idOf(1), kind: 'note', version: 0, fields: { title: 'T', content: '', tags: [] } },
    })
    expect(Object.keys(made.record?.stamps ?? {}).sort()).toEqual(
      Object.keys(made.record?.fields ?? {}).sort(),
    )
    expect(made.entry).not.toBe(null)
  })

  test('a change stamps the changed field only and keeps the server’s record as base', () => {
    const held = apply(clean(base), change({ content: 'two' }, { content: 'one' }))
    expect(held.base).toBe(base)
    expect(held.record?.stamps).toEqual({ ...base.stamps, content: T0 + 5000 })
  })

  test('the base stays through further edits', () => {
    const held = apply(
      clean(base),
      change({ content: 'two' }, { content: 'one' }),
      change({ title: 'x' }, { title: 'A note' }),
    )
    expect(held.base).toBe(base)
    expect(held.entry?.since).toBe(T0 + 5000)
  })

  test('P4, trace 1: a stale editor’s write keeps the paragraph that it has not seen', () => {
    const pulled = note('a\nP', { version: 2 })
    const held = apply(clean(pulled), change({ content: 'ax' }, { content: 'a' }))
    expect(held.record?.fields.content).toBe('ax\nP')
    expect(held.base).toBe(pulled)
  })

  test('a stale editor that has typed nothing writes nothing', () => {
    const pulled = note('a\nP', { version: 2 })
    expect(apply(clean(pulled), change({ content: 'a' }, { content: 'a' }))).toEqual(clean(pulled))
  })

  test('typed and undone leaves nothing to send, and the record as the server has it', () => {
    const held = apply(
      clean(base),
      change({ content: 'two' }, { content: 'one' }),
      change({ content: 'one' }, { content: 'two' }),
    )
    expect(held).toEqual(clean(base))
  })

  test('typed and undone while its mutation is in flight is sent', () => {
    const held = apply(
      flying(base, changed(base, { content: 'two' })),
      change({ content: 'one' }, { content: 'two' }),
    )
    expect(held.entry?.flight).not.toBe(null)
    expect(held.entry?.wait).not.toBe(null)
  })

  test('trace 5: a create deleted before it was sent leaves nothing to send, stays in Trash, and is a create again when restored', () => {
    const deleted = apply(
      nothing,
      change({ title: 'T' }, {}, { create: true }),
      change({ deleted: true }, { deleted: false }),
    )
    expect(deleted).toMatchObject({
      base: null,
      entry: null,
      record: { fields: { title: 'T', deleted: true } },
    })
    const restored = apply(deleted, change({ deleted: false }, { deleted: true }))
    expect(restored).toMatchObject({ base: null, record: { version: 0 } })
    expect(restored.entry).not.toBe(null)
  })

  test('trace 5: a create deleted once frozen keeps its mutation; the deletion follows', () => {
    const held = apply(flying(null, note('x', { version: 0 })), change({ deleted: true }, { deleted: false }))
    expect(isDeleted(held.record ?? base)).toBe(true)
    expect(held.entry?.flight).not.toBe(null)
  })

  test('edit and delete go as one change', () => {
    const held = apply(clean(base), change({ content: 'two' }, { content: 'one' }), change({ deleted: true }))
    expect(held.record?.fields).toMatchObject({ content: 'two', deleted: true })
    expect(held.base).toBe(base)
  })

  test('deleting for good leaves nothing of the content', () => {
    const held = apply(clean(changed(base, { deleted: true })), change({ deleted: true, purged: true }))
    expect(held.record?.fields).toEqual({ deleted: true, purged: true })
    expect(held.entry).not.toBe(null)
    const unsent = apply(
      nothing,
      change({ title: 'T' }, {}, { create: true }),
      change({ deleted: true, purged: true }),
    )
    expect(unsent).toMatchObject({ entry: null, record: { fields: { deleted: true, purged: true } } })
  })

  test('a value over its limit is refused with its field, and nothing changes', () => {
    const result = applyChange(clean(base), change({ title: 'x'.repeat(1001) }), T0, T0)
    expect(result).toEqual({
      ok: false,
      problem: [{ field: 'title', problem: 'must be at most 1000 characters' }],
    })
  })

  test('an edit of what was refused retries it; the same value again does not', () => {
    const refused: Held = {
      ...dirty(base, changed(base, { content: 'two' })),
      entry: { ...dirty(base, base).entry, state: { is: 'refused', code: 'x', message: 'y', at: T0 } },
    }
    expect(apply(refused, change({ content: 'three' }, { content: 'two' })).entry?.state.is).toBe('ready')
    expect(apply(refused, change({ content: 'two' }, { content: 'two' })).entry?.state.is).toBe('refused')
  })

  test('unknown fields and kinds are kept', () => {
    const odd = { ...base, fields: { ...base.fields, later: [1] } }
    expect(apply(clean(odd), change({ title: 'x' }, { title: 'A note' })).record?.fields.later).toEqual([1])
    expect(apply(nothing, change({ a: 1 }, {}, { kind: 'later-kind', create: true })).record?.fields).toEqual(
      { a: 1 },
    )
  })
})
