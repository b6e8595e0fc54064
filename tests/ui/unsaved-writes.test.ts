import { describe, expect, test } from 'vitest'
import type { Write } from '../../src/core/messages.ts'
import type { Fields } from '../../src/core/records.ts'
import { UnsavedWrites } from '../../src/ui/controllers/unsaved-writes.ts'

const write = (number: number, shown: Fields, typed: Fields, rest: Partial<Write> = {}): Write => ({
  id: 'a',
  epoch: 0,
  kind: 'note',
  shown,
  typed,
  create: false,
  urgency: 'typing',
  library: 'l',
  page: 'p',
  number,
  now: number,
  ...rest,
})
const kept = (...writes: readonly Write[]): readonly Write[] => {
  const unsaved = new UnsavedWrites()
  unsaved.keep(...writes)
  return unsaved.all
}

describe('writes that the store could not take', () => {
  test('keys of one burst go in as one change of what was first shown', () => {
    const all = kept(
      write(1, { content: 'a' }, { content: 'ab' }),
      write(2, { content: 'ab' }, { content: 'abc' }),
    )
    expect(all).toEqual([write(2, { content: 'a' }, { content: 'abc' })])
  })

  test('they fail in any order: what was typed last is what is kept', () => {
    const unsaved = new UnsavedWrites()
    unsaved.keep(write(3, { content: 'abc' }, { content: 'abcd' }))
    unsaved.keep(write(2, { content: 'ab' }, { content: 'abc' }))
    unsaved.keep(write(1, { content: 'a' }, { content: 'ab' }))
    expect(unsaved.all).toEqual([write(3, { content: 'a' }, { content: 'abcd' })])
  })

  test('an editor that begins again from the stored text does not bring its letters twice', () => {
    const all = kept(
      write(1, { content: 'a' }, { content: 'ab' }),
      write(2, { content: 'a' }, { content: 'abc' }),
    )
    expect(all).toEqual([write(2, { content: 'a' }, { content: 'abc' })])
  })

  test('a record that was to be made stays one that is to be made, with all that came into it', () => {
    const make = write(1, {}, { createdAt: 'today' }, { create: true })
    expect(kept(make, write(2, { title: '' }, { title: 'T' }))).toEqual([
      write(2, { title: '' }, { createdAt: 'today', title: 'T' }, { create: true }),
    ])
  })

  test('two changes of a list are both kept; of a single value the last', () => {
    const all = kept(
      write(1, { tags: ['a'], pinned: false }, { tags: ['a', 'b'], pinned: true }),
      write(2, { tags: ['a'], pinned: false }, { tags: ['a', 'c'], pinned: false }),
    )
    expect(new Set(all[0]?.typed.tags as string[])).toEqual(new Set(['a', 'b', 'c']))
    expect(all[0]?.typed.pinned).toBe(false)
  })

  test('a later write of the same field that went through takes the earlier’s place', () => {
    const unsaved = new UnsavedWrites()
    unsaved.keep(write(1, { content: 'a' }, { content: 'ab' }))
    unsaved.wentThrough(write(2, { content: 'ab' }, { content: 'abc' }), () => 9)
    expect(unsaved.all).toEqual([])
  })

  test('what it leaves of the record gets a number that the store has not seen', () => {
    const unsaved = new UnsavedWrites()
    unsaved.keep(write(1, { content: 'a' }, { content: 'ab' }), write(2, {}, {}, { id: 'b' }))
    unsaved.wentThrough(write(3, { title: '' }, { title: 't' }), () => 9)
    expect(unsaved.all.map(({ id, number }) => [id, number])).toEqual([
      ['b', 2],
      ['a', 9],
    ])
  })
})
