import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { difference, type Entry, enqueue, freeze, isDue, isSettled } from '../../src/core/outbox.ts'
import type { Fields } from '../../src/core/records.ts'
import type { Held } from '../../src/core/settle.ts'
import { applyChange } from '../../src/core/write.ts'
import { changed, idOf, note, nothing, T0 } from '../support/device-records.ts'

const edit: fc.Arbitrary<Fields> = fc.oneof(
  fc.record({ title: fc.string({ maxLength: 8 }) }),
  fc.record({ content: fc.string({ maxLength: 20 }) }),
  fc.record({ tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')) }),
  fc.record({ pinned: fc.boolean() }),
)
/** Pauses between keystrokes, ms. */
const pauses = fc.array(fc.integer({ min: 1, max: 1999 }), { maxLength: 60 })

function write(held: Held, typed: Fields, at: number): Held {
  const create = held.record === null
  const shown = held.record?.fields ?? {}
  const change = { id: idOf(1), kind: 'note', shown, typed, create, urgency: 'typing' } as const
  const done = applyChange(held, change, at, at)
  if (!done.ok) throw new Error('refused')
  return done.value
}

describe('outbox laws', () => {
  test('P9 text waits 2 s after the last key of a burst and 10 s after its first at the most, whatever the rhythm', () => {
    fc.assert(
      fc.property(pauses, (gaps) => {
        let at = T0
        let first = T0
        let entry: Entry | null = enqueue(null, note('x'), at, 'typing')
        for (const gap of gaps) {
          at += gap
          // Once it was due, what follows is a burst of its own.
          if (isDue(entry, at)) first = at
          entry = enqueue(entry, note('x'), at, 'typing')
        }
        const due = Math.min(at + 2000, first + 10_000)
        expect(isDue(entry, due - 1)).toBe(due - 1 < at)
        expect(isDue(entry, due)).toBe(true)
      }),
    )
  })

  test('P4 what is sent, laid over the base, is the record', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), (edits) => {
        const base = note('base', { version: 4 })
        const local = edits.reduce((record, fields) => changed(record, fields), base)
        const sent = difference(base, local)
        expect(isSettled({ ...base, version: 5 }, { ...base, fields: { ...base.fields, ...sent } })).toBe(
          Object.keys(sent).length === 0,
        )
        expect(isSettled(local, { ...base, fields: { ...base.fields, ...sent } })).toBe(true)
      }),
    )
  })

  test('P3 a frozen mutation is the same bytes whatever is written after it', () => {
    fc.assert(
      fc.property(edit, fc.array(edit, { maxLength: 10 }), (first, later) => {
        const start = write(
          { record: note('base', { id: idOf(1), version: 2 }), base: null, entry: null },
          first,
          T0,
        )
        if (!start.entry || !start.record) return
        const flying: Held = { ...start, entry: freeze(start.entry, start.base, start.record, idOf(900)) }
        const frozen = JSON.stringify(flying.entry?.flight)
        const end = later.reduce((held, fields, index) => write(held, fields, T0 + index), flying)
        expect(JSON.stringify(end.entry?.flight)).toBe(frozen)
      }),
    )
  })

  test('a create, edited in any way and deleted before it was ever frozen, leaves nothing to send', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 8 }), (edits) => {
        const made = write(nothing, { title: 'new' }, T0)
        const edited = edits.reduce((held, fields) => write(held, fields, T0), made)
        expect(edited.entry).not.toBe(null)
        const gone = write(edited, { deleted: true }, T0)
        expect(gone).toMatchObject({ entry: null, base: null, record: { version: 0 } })
        expect(write(gone, { deleted: false }, T0).entry).not.toBe(null)
      }),
    )
  })
})
