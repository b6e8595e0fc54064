import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Entry } from '../../src/core/outbox.ts'
import { enqueue, isSendable } from '../../src/core/outbox.ts'
import type { Outcome } from '../../src/core/protocol.ts'
import { isDeleted, type RecordState } from '../../src/core/records.ts'
import { choke, type Held, settle, takeIn } from '../../src/core/settle.ts'
import { changed, clean, dirty, flying, idOf, note, nothing, remote, T0 } from '../support/device-records.ts'

type Known = Exclude<Outcome, { outcome: 'duplicate' }>
const id = idOf(900)
const wire = (of: RecordState) => ({ ...of, fields: { ...of.fields }, stamps: { ...of.stamps } })
const applied = (version: number, now: RecordState): Known => ({
  id,
  outcome: 'applied',
  version,
  seq: 9,
  record: wire(now),
})
const conflict = (now: RecordState | null): Known => ({ id, outcome: 'conflict', record: now && wire(now) })
const after = (held: Held, outcome: Known) => settle(held, outcome, T0 + 9000, 0.5)
/** A later edit while the mutation is in flight. */
function edit(held: Held, fields: Record<string, string | boolean>): Held {
  if (!held.record) throw new Error('no record')
  const record = changed(held.record, fields, T0 + 5000)
  return { ...held, record, entry: enqueue(held.entry, record, T0 + 5000, 'typing') }
}

const base = note('one', { version: 3 })

describe('takeIn', () => {
  test('a record that is not here is taken', () => {
    expect(takeIn(nothing, base, T0)).toMatchObject({ record: base, entry: null, base: null })
  })

  test('trace 9: one whose version is not above the one held is dropped, clean or dirty', () => {
    const held = clean(remote(base, { content: 'new' }, 5))
    for (const version of [4, 5])
      expect(takeIn(held, remote(base, { content: 'old' }, version), T0).record).toBe(held.record)
    const edited = dirty(base, changed(base, { content: 'x' }))
    expect(takeIn(edited, { ...base }, T0)).toMatchObject({ ...edited })
  })

  test('a clean record is replaced and never becomes dirty', () => {
    const theirs = remote(base, { content: 'new', tags: ['b', 'a'] })
    expect(takeIn(clean(base), theirs, T0)).toEqual({
      record: theirs,
      base: null,
      entry: null,
      lost: [],
      returned: false,
    })
  })

  test('P4: a dirty one is reconciled, and the remote is its base from then on', () => {
    const theirs = remote(base, { title: 'Theirs' })
    const taken = takeIn(dirty(base, changed(base, { content: 'mine' })), theirs, T0)
    expect(taken.record?.fields).toMatchObject({ title: 'Theirs', content: 'mine' })
    expect(taken).toMatchObject({ base: theirs, record: { version: 4 }, entry: { flight: null } })
  })

  test('P4: what the other side brought beside a change of one’s own can be undone', () => {
    const theirs = remote(base, { title: 'Theirs', tags: ['theirs'] })
    const taken = takeIn(dirty(base, changed(base, { content: 'mine' })), theirs, T0)
    expect(taken.lost).toEqual([
      { field: 'title', value: 'A note', stamp: T0, side: 'local', why: 'merged' },
      { field: 'tags', value: [], stamp: T0, side: 'local', why: 'merged' },
    ])
  })

  test('P4: an edit there that brought a record out of the Trash here can be undone: it is in the Trash again, as it was', () => {
    const theirs = remote(base, { content: 'one, and theirs' })
    const taken = takeIn(dirty(base, changed(base, { deleted: true })), theirs, T0)
    expect(taken).toMatchObject({ returned: true, record: { fields: { content: 'one, and theirs' } } })
    expect(taken.lost).toMatchObject([
      { field: 'content', value: 'one', side: 'local', why: 'merged' },
      { field: 'deleted', value: true, side: 'local', why: 'merged' },
    ])
    const gone = dirty(base, changed(base, { deleted: true, purged: true }))
    expect(takeIn(gone, theirs, T0).lost.map(({ field }) => field)).not.toContain('purged')
  })

  test('P4: an edit here that overruled a deletion there can be undone: it is in the Trash, as it is', () => {
    const mine = dirty(base, changed(base, { content: 'one, and mine' }))
    const row = { field: 'deleted', value: true, side: 'local', why: 'merged' }
    const taken = takeIn(mine, remote(base, { deleted: true }), T0)
    expect(taken).toMatchObject({ returned: true, record: { fields: { content: 'one, and mine' } } })
    expect(taken.lost).toMatchObject([row])
    const purged = takeIn(mine, remote(base, { deleted: true, purged: true }), T0)
    expect(purged, 'deleted for good there: it is sent whole').toMatchObject({ returned: true })
    expect(purged.lost).toMatchObject([row])
  })

  test('a field that nobody had stamped is put aside as of long ago', () => {
    const unstamped = { ...base, stamps: {} }
    const held = dirty(unstamped, changed(unstamped, { content: 'mine' }))
    expect(takeIn(held, remote(base, { title: 'Theirs' }), T0).lost).toMatchObject([{ stamp: 0 }])
  })

  test('what lost by itself is put aside once', () => {
    const theirs = remote(base, { title: 'Theirs' })
    const later = { ...theirs, stamps: { ...theirs.stamps, title: T0 + 9000 } }
    const { lost } = takeIn(dirty(base, changed(base, { title: 'mine' })), later, T0)
    expect(lost).toMatchObject([{ field: 'title', value: 'mine', side: 'local' }])
    expect(lost.map(({ why }) => why)).toEqual([undefined])
  })

  test('P4: what lost by itself in a merge is put back when that is undone, with a common version or without', () => {
    const mine = changed(base, { title: 'mine', tags: ['mine'] })
    const theirs = changed(remote(base, {}), { title: 'Theirs', tags: ['theirs'] }, T0 + 9000)
    const lost = (held: Held) => takeIn(held, theirs, T0).lost.filter(({ field }) => field === 'title')
    for (const begun of [base, null])
      expect(lost(dirty(begun, mine))).toMatchObject([{ value: 'mine', side: 'local', inMerge: true }])
  })

  test('nothing is put aside where only one side changed anything, or both the same', () => {
    const mine = changed(base, { content: 'same' })
    const lost = (held: Held, of: RecordState) => takeIn(held, of, T0).lost
    expect(lost(dirty(base, mine), remote(base, { content: 'same' }))).toEqual([])
    expect(lost(dirty(base, mine), { ...base, version: 4 })).toEqual([])
    expect(lost(dirty(base, base), remote(base, { title: 'Theirs' }))).toEqual([])
  })

  test('P10: nothing is put aside of what was deleted for good', () => {
    const gone = { ...base, version: 4, fields: { deleted: true, purged: true } }
    const moved = changed(base, { deleted: true })
    expect(takeIn(dirty(base, moved), gone, T0)).toMatchObject({ record: gone, lost: [] })
    const purged = { ...gone, version: 3 }
    const back = takeIn(dirty(base, purged), remote(base, { title: 'Theirs' }), T0)
    expect(back).toMatchObject({ returned: true, lost: [] })
  })

  test('a dirty one that ends as the remote is clean', () => {
    const theirs = remote(base, { content: 'same' })
    expect(takeIn(dirty(base, changed(base, { content: 'same' })), theirs, T0)).toMatchObject({
      record: theirs,
      base: null,
      entry: null,
    })
  })

  test('traces 2, 3: while a mutation is unsettled the newest remote is parked, record and base stay', () => {
    const held = flying(base, changed(base, { content: 'mine' }))
    const v5 = remote(base, { title: 'five' }, 5)
    const parked = takeIn(held, v5, T0)
    expect(parked).toMatchObject({ record: held.record, base, entry: { parked: v5 } })
    expect(takeIn(parked, remote(base, { title: 'four' }, 4), T0).entry?.parked).toEqual(v5)
    const v6 = remote(base, { title: 'six' }, 6)
    expect(takeIn(parked, v6, T0).entry?.parked).toEqual(v6)
  })

  test('trace 17: a change of another device that is no edit does not revive what was deleted here', () => {
    const taken = takeIn(dirty(base, changed(base, { deleted: true })), { ...base, version: 4 }, T0)
    expect(isDeleted(taken.record ?? base)).toBe(true)
    expect(taken.returned).toBe(false)
    expect(taken.entry).not.toBe(null)
  })

  test('trace 50: what a person waits for stays: a refused entry is still refused after a remote change', () => {
    const refused: Entry = {
      ...dirty(base, base).entry,
      state: { is: 'refused', code: 'x', message: 'y', at: T0 },
    }
    const held = { ...dirty(base, changed(base, { content: 'mine' })), entry: refused }
    expect(takeIn(held, remote(base, { title: 't' }), T0).entry?.state.is).toBe('refused')
  })
})

test('P4: what another device sends of a record in this device’s Trash alone replaces nothing unseen', () => {
  // Its create was frozen, applied, and lost by a restored server; then it was deleted here, with nothing to send.
  const trashed = changed(
    note('mine', { version: 0 }),
    { content: 'written since', deleted: true },
    T0 + 2000,
  )
  const there = note('mine', { version: 4 })
  const later = {
    ...there,
    fields: { ...there.fields, content: 'theirs' },
    stamps: { ...there.stamps, content: T0 + 3000 },
  }
  const taken = takeIn(clean(trashed), later, T0 + 9000)
  expect(taken.record?.fields.content).toBe('theirs')
  expect(taken.lost).toMatchObject([{ field: 'content', value: 'written since', side: 'local' }])
  const kept = takeIn(clean(trashed), there, T0 + 9000)
  expect(kept).toMatchObject({
    record: { version: 4, fields: { content: 'written since', deleted: true } },
    base: there,
  })
  expect(kept.entry && isSendable(kept.entry)).toBe(true)
})

describe('settle, applied', () => {
  test('P3: as sent: clean, with the server’s record', () => {
    const local = changed(base, { content: 'two' })
    const now = { ...local, version: 4 }
    expect(after(flying(base, local), applied(4, now))).toEqual({
      ...clean(now),
      lost: [],
      returned: false,
      overruled: false,
      merged: false,
    })
  })

  test('trace 2a: later edits do not conflict with the answer: what was sent is the base', () => {
    const sent = changed(base, { title: 'b' })
    const settled = after(edit(flying(base, sent), { title: 'c' }), applied(4, { ...sent, version: 4 }))
    expect(settled).toMatchObject({
      record: { version: 4, fields: { title: 'c' } },
      base: { fields: { title: 'b' } },
      lost: [],
    })
    expect(settled.entry).toMatchObject({ flight: null, parked: null, state: { is: 'ready' } })
  })

  test('trace 2b: text is not doubled', () => {
    const empty = note('', { version: 1 })
    const sent = changed(empty, { content: 'L0' })
    const settled = after(
      edit(flying(empty, sent), { content: 'L0 L1' }),
      applied(2, { ...sent, version: 2 }),
    )
    expect(settled.record?.fields.content).toBe('L0 L1')
    expect(settled.lost).toEqual([])
  })

  test('trace 2c: a create deleted while it was in flight stays deleted, and its deletion is what is left to send', () => {
    const created = note('x', { version: 0 })
    const settled = after(
      edit(flying(null, created), { deleted: true }),
      applied(1, { ...created, version: 1 }),
    )
    expect(isDeleted(settled.record ?? base)).toBe(true)
    expect(settled).toMatchObject({ returned: false, base: { version: 1 } })
    expect(settled.entry).not.toBe(null)
  })

  test('trace 2d: another device’s newer change that came with the answer is merged with the later edit', () => {
    const lines = note('L1\nL2', { version: 1 })
    const sent = changed(lines, { content: 'M1\nL2' })
    const now = remote({ ...sent, version: 2 }, { content: 'M1\nL2\nB' }, 3)
    const settled = after(edit(flying(lines, sent), { content: 'M1\nA2' }), applied(2, now))
    expect(settled.record?.fields.content).toBe('M1\nA2\nB')
    expect(settled.base).toEqual(now)
  })

  test('a deletion elsewhere that came after knowing our change stays a deletion', () => {
    const sent = changed(base, { content: 'two' })
    const now = remote({ ...sent, version: 4 }, { deleted: true }, 5)
    const settled = after(flying(base, sent), applied(4, now))
    expect(settled).toMatchObject({ record: now, entry: null, returned: false })
  })

  test('trace 3: what was parked is taken in, where it is newer than the answer', () => {
    const sent = changed(base, { content: 'two' })
    const v5 = remote({ ...sent, version: 4 }, { title: 'five' }, 5)
    const settled = after(takeIn(flying(base, sent), v5, T0), applied(4, { ...sent, version: 4 }))
    expect(settled).toMatchObject({ record: v5, base: null, entry: null })
    const v6 = { ...v5, version: 6 }
    expect(after(takeIn(flying(base, sent), v5, T0), applied(4, v6)).record).toEqual(v6)
  })

  test('typed and undone while in flight: the undoing is sent', () => {
    const sent = changed(base, { content: 'two' })
    const settled = after(edit(flying(base, sent), { content: 'one' }), applied(4, { ...sent, version: 4 }))
    expect(settled.record?.fields.content).toBe('one')
    expect(settled.entry).not.toBe(null)
  })
})

describe('settle, other outcomes', () => {
  test('P4: conflict: the current record is taken in on the old base, and what differs goes at once', () => {
    const settled = after(
      flying(base, changed(base, { content: 'mine' })),
      conflict(remote(base, { title: 'Theirs' }, 4)),
    )
    expect(settled.record?.fields).toMatchObject({ content: 'mine', title: 'Theirs' })
    expect(settled).toMatchObject({ base: { version: 4 }, entry: { flight: null, wait: { length: 0 } } })
  })

  test('P4: a conflict of one value keeps the loser in `lost`', () => {
    const settled = after(
      flying(base, changed(base, { title: 'mine' }, T0 + 900)),
      conflict(remote(base, { title: 'theirs' })),
    )
    const lost = { field: 'title', value: 'theirs', stamp: T0 + 500, side: 'remote' }
    expect(settled.lost).toEqual([lost])
    expect(settled.entry, 'the other device can undo it').toMatchObject({ merged: true })
  })

  test('trace 12: conflict with nothing: sent whole, as a create above the version seen', () => {
    const settled = after(flying(base, changed(base, { content: 'mine' })), conflict(null))
    expect(settled).toMatchObject({ base: null, record: { version: 3 }, entry: { flight: null } })
    // With its deletion: as clean it would be replaced unseen by what another device has of it.
    const trashed = after(flying(base, changed(base, { deleted: true })), conflict(null))
    expect(trashed).toMatchObject({ base: null, record: { version: 3, fields: { deleted: true } } })
    expect(trashed.entry && isSendable(trashed.entry)).toBe(true)
  })

  test('conflict with nothing, deleted for good here meanwhile: no tombstone stays that the server lacks', () => {
    const purged = changed(base, { deleted: true, purged: true })
    expect(after(flying(base, purged), conflict(null))).toMatchObject(nothing)
  })

  test('rejected: waits for a person with its reason; the rest of the record stays', () => {
    const held = flying(base, changed(base, { content: 'mine' }))
    const settled = after(held, { id, outcome: 'rejected', code: 'invalid', message: 'No.' })
    expect(settled).toMatchObject({
      record: held.record,
      base,
      entry: { flight: null, state: { is: 'refused', code: 'invalid', message: 'No.' } },
    })
  })

  test('rejected, but edited since: that is another mutation, and goes', () => {
    const held = edit(flying(base, changed(base, { content: 'mine' })), { content: 'better' })
    expect(after(held, { id, outcome: 'rejected', code: 'invalid', message: 'No.' }).entry?.state.is).toBe(
      'ready',
    )
  })

  test('rejected and void let what was parked in', () => {
    const held = takeIn(
      flying(base, changed(base, { content: 'mine' })),
      remote(base, { title: 'five' }, 5),
      T0,
    )
    for (const outcome of [
      { id, outcome: 'rejected', code: 'x', message: 'y' },
      { id, outcome: 'void' },
    ] as const)
      expect(after(held, outcome)).toMatchObject({
        record: { version: 5, fields: { title: 'five', content: 'mine' } },
        entry: { parked: null },
      })
  })

  test('trace 10: void: the record goes again under a new mutation, at once or when its pause is over', () => {
    const settled = after(flying(base, changed(base, { content: 'mine' })), { id, outcome: 'void' })
    expect(settled).toMatchObject({
      base,
      entry: { flight: null, state: { is: 'ready' }, wait: { length: 0 } },
    })
  })

  test('trace 10: an entry edited while its mutation was on the way is voided when that chokes, so that the edit can cure it', () => {
    const edited = edit(flying(null, note('poison')), { content: 'cured' })
    expect(edited.entry?.flight?.void).toBe(false)
    const choked = after(edited, { id, outcome: 'error', message: 'boom' })
    expect(choked.entry?.flight?.void).toBe(true)
    expect(after(choked, { id, outcome: 'void' }).entry).toMatchObject({
      flight: null,
      state: { is: 'ready' },
    })
  })

  test('P8: error: still unsettled, under the same id, tried again alone', () => {
    const held = takeIn(flying(base, changed(base, { content: 'mine' })), remote(base, {}, 5), T0)
    const settled = after(held, { id, outcome: 'error', message: 'boom' })
    expect(settled.entry).toMatchObject({
      flight: held.entry?.flight,
      parked: { version: 5 },
      state: { is: 'choked', attempts: 1, message: 'boom' },
    })
    expect(after(settled, { id, outcome: 'error', message: 'boom' }).entry?.state).toMatchObject({
      attempts: 2,
    })
  })

  test('an entry that carries no mutation is left alone', () => {
    const held = dirty(base, changed(base, { content: 'mine' }))
    expect(after(held, applied(4, base))).toMatchObject({ ...held })
    expect(choke(held.entry, 'x', T0, 0).flight).toBe(null)
  })

  test('P3: a device never conflicts with itself, whatever it types while its mutations are in flight', () => {
    const content = fc.constantFrom('', 'a', 'a\nb', 'b', 'c\na')
    fc.assert(
      fc.property(content, content, content, fc.boolean(), (first, sentText, later, viaPull) => {
        const start = note(first, { version: 1 })
        const sent = changed(start, { content: sentText })
        const now = { ...sent, version: 2 }
        let held: Held = edit(flying(start, sent), { content: later })
        if (viaPull) held = takeIn(held, now, T0)
        const settled = after(held, applied(2, now))
        expect(settled.record?.fields.content).toBe(later)
        expect(settled.lost).toEqual([])
      }),
    )
  })
})
