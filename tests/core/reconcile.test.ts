import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSettled } from '../../src/core/outbox.ts'
import { DEFAULT_POLICY } from '../../src/core/policy.ts'
import { mergeSet, mergeWrite, reconcile } from '../../src/core/reconcile.ts'
import {
  changedFields,
  type Fields,
  isDeleted,
  list,
  type RecordState,
  sameValue,
  text,
} from '../../src/core/records.ts'
import { card, changed, note, record, remote, T0 } from '../support/device-records.ts'

const tags = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 })
const line = fc.constantFrom('alpha', 'beta', 'gamma', 'delta', '')
const content = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'))
const noteFields = fc.record({ title: line, content, tags, pinned: fc.boolean(), deleted: fc.boolean() })
const stamp = fc.integer({ min: 1, max: 5 }).map((n) => T0 + n * 1000)
const edits = fc.tuple(
  fc.record(
    { title: line, content, tags, pinned: fc.boolean(), deleted: fc.boolean() },
    { requiredKeys: [] },
  ),
  stamp,
)

const base = noteFields.map((fields) => record('note', fields, { version: 3 }))
const threesome = fc.tuple(base, edits, edits).map(([before, [mine, mineAt], [theirs, theirsAt]]) => ({
  base: before,
  local: changed(before, mine, mineAt),
  remote: { ...changed(before, theirs, theirsAt), version: 4 },
}))
/** The values a record shows, sets without order. */
const shown = (of: RecordState): Fields => ({ ...of.fields, tags: [...list(of.fields.tags)].sort() })

describe('reconcile, laws', () => {
  test('P5, trace 49: reconcile(base, base, remote) is remote, with nothing to send and nothing lost', () => {
    fc.assert(
      fc.property(threesome, (it) => {
        const merged = reconcile(it.base, it.base, it.remote)
        expect(merged.record).toEqual(it.remote)
        expect(merged.lost).toEqual([])
        expect(merged.returned).toBe(false)
        expect(isSettled(it.remote, merged.record)).toBe(true)
      }),
    )
  })

  test('trace 49: that holds too for a remote with other order of tags, unknown fields and fields that are gone', () => {
    const before = record('note', { tags: ['a', 'b'], old: 1 }, { version: 3 })
    const { old: _, ...kept } = before.fields
    const after = {
      ...before,
      version: 4,
      fields: { ...kept, tags: ['b', 'a'], later: { x: [1] }, purged: false },
    }
    expect(reconcile(before, before, after).record).toEqual(after)
  })

  test.each([
    ['a tombstone', record('note', { deleted: true, purged: true }, { version: 3 })],
    ['the blank that a whole record is sent on', { ...record('note', {}, { version: 0 }), fields: {} }],
  ])('P4: on %s as base text is not merged, or what both sides have would be doubled', (_what, blank) => {
    const here = note('one two', { version: 3 })
    const there = changed(note('one', { version: 4 }), {}, T0 + 1)
    const { record: merged, lost } = reconcile(blank, here, there)
    expect([...lost.map(({ value }) => value), merged.fields.content].sort()).toEqual(['one', 'one two'])
  })

  test('P4: what only one side changed is in the result', () => {
    fc.assert(
      fc.property(threesome, ({ base, local, remote }) => {
        const { record: merged } = reconcile(base, local, remote)
        for (const field of ['title', 'content', 'pinned']) {
          const was = base.fields[field]
          const mine = local.fields[field]
          const theirs = remote.fields[field]
          if (mine === was) expect(merged.fields[field]).toBe(theirs)
          if (theirs === was) expect(merged.fields[field]).toBe(mine)
        }
      }),
    )
  })

  test('P4: every single value or text that is not in the result is in `lost`, with side and stamp', () => {
    fc.assert(
      fc.property(threesome, ({ base, local, remote }) => {
        const { record: merged, lost } = reconcile(base, local, remote)
        for (const [side, of] of [
          ['local', local],
          ['remote', remote],
        ] as const)
          for (const field of ['title', 'pinned']) {
            const gone = of.fields[field] !== base.fields[field] && merged.fields[field] !== of.fields[field]
            if (gone)
              expect(lost).toContainEqual({ field, value: of.fields[field], stamp: of.stamps[field], side })
          }
        for (const { field, value } of lost) expect(merged.fields[field]).not.toEqual(value)
      }),
    )
  })

  test('P4: of a text that gives way whole, whatever the choice, each word is in the result or the text is in `lost`', () => {
    const wordsOf = (value: unknown): string[] =>
      text(value as string)
        .split(/\s+/)
        .filter(Boolean)
    const choices = fc.constantFrom('latest', 'latest-text', 'server', 'device', 'ask')
    let whole = 0
    fc.assert(
      fc.property(threesome, choices, ({ base, local, remote }, ours) => {
        const policy = { ...DEFAULT_POLICY, ours }
        const { record: merged, lost, ancestors } = reconcile(base, local, remote, { account: null, policy })
        const kept = new Set(wordsOf(merged.fields.content))
        for (const [side, of] of [
          ['local', local],
          ['remote', remote],
        ] as const) {
          const added = wordsOf(of.fields.content).filter(
            (word) => !wordsOf(base.fields.content).includes(word),
          )
          // Where a person is asked both are kept as they are.
          if ('content' in ancestors || added.every((word) => kept.has(word))) continue
          whole++
          const { content } = of.fields
          expect(lost).toContainEqual({ field: 'content', value: content, stamp: of.stamps.content, side })
        }
      }),
      { numRuns: 1000 },
    )
    expect(whole, 'it has met some').toBeGreaterThan(10)
  })

  test('P4: both changed to the same is no loss and nothing to send', () => {
    fc.assert(
      fc.property(base, edits, (before, [fields, at]) => {
        const local = changed(before, fields, at)
        const theirs = { ...changed(before, fields, at + 5), version: 4 }
        const { record: merged, lost, returned } = reconcile(before, local, theirs)
        expect(lost).toEqual([])
        expect(returned).toBe(false)
        expect(isSettled(theirs, merged)).toBe(true)
      }),
    )
  })

  test('P4: sets keep every addition that nobody removed, and every removal', () => {
    fc.assert(
      fc.property(tags, tags, tags, (was, mine, theirs) => {
        const merged = list(mergeSet(was, mine, theirs))
        for (const tag of new Set([...was, ...mine, ...theirs])) {
          const removed = was.includes(tag) && !(mine.includes(tag) && theirs.includes(tag))
          expect(merged.includes(tag)).toBe(!removed)
        }
        expect(new Set(merged).size).toBe(merged.length)
      }),
    )
    expect(mergeSet(undefined, ['a', 'b'], ['c', 'a'])).toEqual(['c', 'a', 'b'])
  })

  test('taking in the same remote a second time changes nothing', () => {
    fc.assert(
      fc.property(threesome, ({ base, local, remote }) => {
        const first = reconcile(base, local, remote).record
        const second = reconcile(remote, first, remote)
        expect(second.record.fields).toEqual(first.fields)
        expect(second.lost).toEqual([])
        expect(second.returned).toBe(false)
      }),
    )
  })

  test('P5: two devices whose edits do not clash end with the same values, whoever comes first', () => {
    const separate = fc.tuple(
      base,
      fc.record({ title: line, tags }),
      fc.record({ pinned: fc.boolean(), tags }),
    )
    fc.assert(
      fc.property(separate, ([before, a, b]) => {
        const onA = changed(before, a)
        const onB = changed(before, b)
        const second = (first: RecordState, late: RecordState) =>
          reconcile(before, late, { ...first, version: 4 }).record
        expect(shown(second(onA, onB))).toEqual(shown(second(onB, onA)))
      }),
    )
  })

  test('P5: so do texts that two devices changed at different places, in other lines or other words of one', () => {
    const what = fc.constantFrom('keep', 'rewrite', 'delete', 'add after', 'first word', 'last word')
    const row = fc.record({ a: what, b: what, mine: fc.boolean() })
    const edited = (line: string, how: string, by: string): string[] => {
      const [first, ...rest] = line.split(' ')
      if (how === 'rewrite') return [`${by} instead of ${first}`]
      if (how === 'delete') return []
      if (how === 'add after') return [line, `${by} after ${first}`]
      if (how === 'first word') return [[by + first, ...rest].join(' ')]
      return [how === 'last word' ? `${line}${by}` : line]
    }
    const ofWords = (how: string) => how.endsWith('word')
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (rows) => {
        // Lines that neither touches part one that both change, so that only its words are compared.
        const shared = ({ a, b }: { a: string; b: string }) => ofWords(a) && ofWords(b) && a !== b
        const by = (side: 'a' | 'b' | null) =>
          rows.flatMap((how, i) => {
            const both = shared(how)
            const line = `line${i} is${i} here${i} stays${i}`
            const now = side && (both || how.mine === (side === 'a')) ? edited(line, how[side], side) : [line]
            return both ? [`above ${i}`, ...now, `below ${i}`] : now
          })
        const before = note(by(null).join('\n'), { version: 3 })
        const [onA, onB] = [by('a'), by('b')].map((now) => changed(before, { content: now.join('\n') }))
        if (!onA || !onB) throw new Error('two devices')
        const second = (first: RecordState, late: RecordState) =>
          reconcile(before, late, { ...first, version: 4 })
        const [one, other] = [second(onA, onB), second(onB, onA)]
        expect(one.ancestors).toEqual({})
        expect(shown(one.record)).toEqual(shown(other.record))
        for (const line of [...by('a'), ...by('b')].filter((now) => /^[ab] /.test(now)))
          expect(text(one.record.fields.content).split('\n')).toContain(line)
      }),
      { numRuns: 500 },
    )
  })

  test('two lines added at one place stand in the order of arrival, and both devices show the same', () => {
    const before = note('- a', { version: 3 })
    const [onA, onB] = [changed(before, { content: '- a\n- A' }), changed(before, { content: '- a\n- B' })]
    const sent = reconcile(before, onB, { ...onA, version: 4 }).record
    expect(sent.fields.content).toBe('- a\n- A\n- B')
    expect(reconcile(onA, onA, { ...sent, version: 5 }).record.fields.content).toBe('- a\n- A\n- B')
  })

  test('P5: two clashing single values end with the same one on both devices, by the later stamp', () => {
    const before = note('x')
    const onA = changed(before, { title: 'A' }, T0 + 1000)
    const onB = changed(before, { title: 'B' }, T0 + 2000)
    expect(reconcile(before, onB, { ...onA, version: 2 }).record.fields.title).toBe('B')
    expect(reconcile(before, onA, { ...onB, version: 2 }).record.fields.title).toBe('B')
    expect(
      reconcile(before, changed(before, { title: 'A' }), { ...changed(before, { title: 'B' }), version: 2 })
        .record.fields.title,
    ).toBe('B')
  })
})

describe('reconcile, by kind of field', () => {
  const before = note('one\ntwo', { version: 3 })

  test('trace 21a: stamps are a field’s, so a later edit of another field wins nothing', () => {
    const onA = changed(changed(before, { title: 'A' }, T0 + 1000), { tags: ['t'] }, T0 + 9000)
    const onB = { ...changed(before, { title: 'B' }, T0 + 2000), version: 4 }
    const merged = reconcile(before, onA, onB).record
    expect(merged.fields).toMatchObject({ title: 'B', tags: ['t'] })
    expect(merged.stamps.title).toBe(T0 + 2000)
  })

  test('text that clashes asks: this device’s stays to the letter, nothing is lost, the ancestor is kept', () => {
    const theirs = remote(before, { content: 'one\nzwei\nthree' })
    const merged = reconcile(before, changed(before, { content: 'one\n2' }), theirs)
    expect(merged.record.fields.content).toBe('one\n2')
    expect(merged).toMatchObject({ lost: [], ancestors: { content: 'one\ntwo' } })
  })

  test('without a base texts are not merged: the later one stays, the other is kept', () => {
    const merged = reconcile(null, changed(note('mine'), {}), remote(note('x'), { content: 'theirs' }))
    expect(merged.record.fields.content).toBe('theirs')
    expect(merged.lost).toContainEqual({ field: 'content', value: 'mine', stamp: T0, side: 'local' })
  })

  test('P4, trace 34: a merge that breaks a limit neither side broke is a conflict: of texts a person is asked, of sets the later stays and the other is in history', () => {
    const big = note('middle', { version: 3 })
    const mine = `${'m'.repeat(600_000)}\nmiddle`
    const theirs = `middle\n${'t'.repeat(600_000)}`
    const merged = reconcile(big, changed(big, { content: mine }), remote(big, { content: theirs }))
    expect(merged.record.fields.content).toBe(mine)
    expect(merged).toMatchObject({ lost: [], ancestors: { content: 'middle' } })
    const many = (side: string) => Array.from({ length: 60 }, (_, i) => `${side}${i}`)
    const filed = reconcile(before, changed(before, { tags: many('m') }), remote(before, { tags: many('t') }))
    expect(filed.record.fields.tags).toEqual(many('m'))
    expect(filed.lost.map(({ value }) => value)).toEqual([many('t')])
  })

  test.each(['latest', 'device', 'ask'] as const)(
    'what only the other side changed is taken, also past a limit of this version, whoever wins conflicts (%s)',
    (ours) => {
      const long = 'x'.repeat(1500)
      const standpoint = { account: null, policy: { ...DEFAULT_POLICY, ours } }
      const local = changed(before, { content: 'one!' })
      const merged = reconcile(before, local, remote(before, { title: long }), standpoint)
      expect(merged).toMatchObject({
        record: { fields: { title: long, content: 'one!' } },
        ancestors: {},
        lost: [],
      })
    },
  )

  test('trace 38: fields that this version does not know go along untouched', () => {
    const odd = record('note', { future: { a: 1 } }, { version: 3 })
    const merged = reconcile(odd, changed(odd, { title: 'x' }), remote(odd, { future: { a: 2 }, other: [1] }))
    expect(merged.record.fields).toMatchObject({ title: 'x', future: { a: 2 }, other: [1] })
  })
})

describe('reconcile, deletion', () => {
  const before = note('one', { version: 3 })
  const gone = { deleted: true }

  test('P4: deleted there, edited here: the record returns with the edit, to be sent', () => {
    const theirs = remote(before, gone)
    const merged = reconcile(before, changed(before, { content: 'one!' }), theirs)
    expect(merged).toMatchObject({ returned: true, record: { fields: { content: 'one!', deleted: false } } })
    expect(isSettled(theirs, merged.record)).toBe(false)
  })

  test('P4: deleted here, edited there: the record returns with their edit', () => {
    const theirs = remote(before, { content: 'one!' })
    const merged = reconcile(before, changed(before, gone), theirs)
    expect(merged.returned).toBe(true)
    expect(isDeleted(merged.record)).toBe(false)
    expect(isSettled(theirs, merged.record)).toBe(true)
  })

  test('deleted on both sides, also with an edit, is no conflict: it stays deleted', () => {
    const others: Fields[] = [{}, { title: 'x' }]
    for (const more of others) {
      const merged = reconcile(before, changed(before, { ...gone, ...more }), remote(before, gone))
      expect(isDeleted(merged.record)).toBe(true)
      expect(merged.returned).toBe(false)
    }
  })

  test('deleted there, untouched here: deleted; restored there: live', () => {
    expect(isDeleted(reconcile(before, before, remote(before, gone)).record)).toBe(true)
    const trashed = changed(before, gone)
    expect(isDeleted(reconcile(trashed, trashed, remote(trashed, { deleted: false })).record)).toBe(false)
  })

  test('restored here while deleted there and untouched: live, to be sent', () => {
    const trashed = changed(before, gone)
    const theirs = { ...trashed, version: 4 }
    const merged = reconcile(trashed, changed(trashed, { deleted: false }), theirs)
    expect(isDeleted(merged.record)).toBe(false)
    expect(isSettled(theirs, merged.record)).toBe(false)
  })

  const tombstone: RecordState = {
    ...before,
    version: 5,
    fields: { deleted: true, purged: true },
    stamps: { deleted: T0, purged: T0 },
  }

  test('trace 12: edited here, purged there: it returns whole', () => {
    const merged = reconcile(before, changed(before, { content: 'one!' }), tombstone)
    expect(merged).toMatchObject({
      returned: true,
      record: { version: 5, fields: { title: 'A note', content: 'one!', deleted: false, purged: false } },
    })
    expect(changedFields(tombstone, merged.record).sort()).toEqual(
      expect.arrayContaining(['content', 'deleted', 'purged', 'tags', 'title']),
    )
  })

  test('edited and then deleted here, purged there: both deleted it; it stays in the Trash, with its words', () => {
    const local = changed(before, { content: 'one!', ...gone })
    const standpoint = { account: null, policy: { ...DEFAULT_POLICY, deletedThere: 'ask' as const } }
    for (const merged of [
      reconcile(before, local, tombstone),
      reconcile(before, local, tombstone, standpoint),
    ])
      expect(merged).toMatchObject({
        returned: false,
        ancestors: {},
        record: { version: 5, fields: { content: 'one!', deleted: true, purged: false } },
      })
  })

  test('purged there, clean or only deleted here: it goes', () => {
    for (const local of [before, changed(before, gone)])
      expect(reconcile(before, local, tombstone).record).toBe(tombstone)
  })

  test('purged here: stays purged, unless it was edited there', () => {
    const local: RecordState = { ...tombstone, version: 3 }
    const trashed = changed(before, gone)
    expect(reconcile(trashed, local, { ...trashed, version: 4 }).record.fields).toEqual({
      deleted: true,
      purged: true,
    })
    const theirs = remote(before, { content: 'one!' })
    expect(reconcile(before, local, theirs)).toMatchObject({ returned: true, record: theirs })
  })
})

describe('a page’s write', () => {
  test('trace 1: compares with what the page was showing, and merges where the stored text is another', () => {
    expect(mergeWrite('text', 'a', 'ax', 'a\nP')).toBe('ax\nP')
    expect(mergeWrite('line', 'a title', 'my title', 'a title of theirs')).toBe('my title of theirs')
    expect(mergeWrite('set', ['a'], ['a', 'm'], ['a', 't'])).toEqual(['a', 't', 'm'])
    expect(mergeWrite('value', false, true, false)).toBe(true)
  })

  test('P4: text that clashes keeps both', () => {
    const both = text(mergeWrite('text', 'red', 'blue', 'green'))
    expect(both).toContain('blue')
    expect(both).toContain('green')
  })

  test('an untyped rest is taken as stored, a typed one as typed', () => {
    const any = fc.constantFrom('a', 'b', 'a\nb', '')
    fc.assert(
      fc.property(any, any, any, (was, typed, stored) => {
        if (was === stored) expect(mergeWrite('text', was, typed, stored)).toBe(typed)
        if (was === typed) expect(mergeWrite('text', was, typed, stored)).toBe(stored)
        expect(mergeWrite('text', was, stored, stored)).toBe(stored)
      }),
    )
  })

  test('a title stays one line', () => {
    expect(mergeWrite('line', '', 'mine', 'theirs')).not.toContain('\n')
    expect(sameValue('set', ['a', 'b'], ['b', 'a'])).toBe(true)
    expect(card('https://a.example/').kind).toBe('card')
  })
})
