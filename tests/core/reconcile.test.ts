import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSettled } from '../../src/core/outbox.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts'
import { mergeSet, mergeWrite, reconcile } from '../../src/core/reconcile.ts'
import {
  changedFields,
  type Fields,
  isDeleted,
  type Json,
  KIND_NAMES,
  type KINDS,
  type Kind,
  list,
  mergeKind,
  type RecordState,
  sameValue,
  text,
} from '../../src/core/records.ts'
import { card, changed, idOf, note, record, remote, T0 } from '../support/device-records.ts'

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

const ids = fc.uniqueArray(fc.constantFrom(idOf(11), idOf(12), idOf(13)), { maxLength: 3 })
const createdAt = fc.constantFrom('2026-01-05T10:00:00.000Z', '2026-01-06T10:00:00.000Z')
const filed = { tags, collectionIds: ids, pinned: fc.boolean(), createdAt }
/** Every field of every kind, and one that only a later version knows. */
const always = { deleted: fc.boolean(), later: fc.constantFrom<Json>(1, 2, { deep: [1] }) }
const FIELDS: {
  readonly [K in Kind]: Readonly<Record<Exclude<keyof (typeof KINDS)[K], 'purged'>, fc.Arbitrary<Json>>>
} = {
  card: {
    url: fc.constantFrom('https://a.example/', 'https://b.example/', 'https://c.example/'),
    title: line,
    description: content,
    formerIds: ids,
    ...filed,
    ...always,
  },
  note: { title: line, content, ...filed, ...always },
  collection: { name: line, parentId: fc.constantFrom(null, idOf(11), idOf(12)), createdAt, ...always },
}
const policies: fc.Arbitrary<Policy> = fc.record({
  ours: fc.constantFrom('latest', 'latest-text', 'server', 'device', 'ask'),
  theirs: fc.constantFrom('server', 'device', 'latest', 'ask'),
  deletedThere: fc.constantFrom('edit', 'ask'),
  deletedHere: fc.constantFrom('edit', 'ask'),
})
const [ME, SOMEBODY] = [idOf(501), idOf(502)]
const standpoints = fc.record({ account: fc.constantFrom(null, ME), policy: policies })
/** Who changed it elsewhere: nobody knows, the same account, another one, or field by field. */
const authors = fc.constantFrom<RecordState['by']>(
  undefined,
  [{ account: ME, device: 'Phone' }],
  [{ account: SOMEBODY, device: 'Phone' }],
  [
    { account: SOMEBODY, device: '', fields: ['title', 'content', 'url', 'parentId', 'deleted'] },
    { account: ME, device: 'Phone' },
  ],
)
/** Two sides of a record of any kind, seen by anybody who wants anything. */
const meetings = fc.constantFrom(...KIND_NAMES).chain((kind) => {
  const some = fc.record<Record<string, Json>>(FIELDS[kind], { requiredKeys: [] })
  const change = fc.tuple(
    fc.oneof({ weight: 4, arbitrary: some }, fc.record({ deleted: fc.boolean() }), fc.constant({})),
    stamp,
  )
  return fc
    .tuple(fc.record<Record<string, Json>>(FIELDS[kind]), change, change, authors, standpoints)
    .map(([fields, [mine, mineAt], [theirs, theirsAt], by, standpoint]) => {
      const base = record(kind, fields, { version: 3 })
      const remote: RecordState = { ...changed(base, theirs, theirsAt), version: 4, by }
      return { base, local: changed(base, mine, mineAt), remote, standpoint }
    })
})
const NOTHING = { lost: [], returned: false, overruled: false }
const fieldsOf = ({ fields }: RecordState): string[] =>
  Object.keys(fields).filter((field) => field !== 'deleted' && field !== 'purged')
const inOrder = (value: Json | undefined): Json | undefined =>
  Array.isArray(value) ? [...value].sort() : value
/** A field's value, a set in one order. */
const shownOf = (of: RecordState, field: string): Json | undefined => inOrder(of.fields[field])
const sameField = (a: RecordState, b: RecordState, field: string): boolean =>
  sameValue(mergeKind(a.kind, field), a.fields[field], b.fields[field])
const isEdited = (base: RecordState, side: RecordState): boolean =>
  fieldsOf(side).some((field) => !sameField(base, side, field))

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

  test('P4: what only one side changed is in the result, of every kind and field, whatever is chosen', () => {
    fc.assert(
      fc.property(meetings, ({ base, local, remote, standpoint }) => {
        const { record: merged, lost, ancestors } = reconcile(base, local, remote, standpoint)
        for (const field of fieldsOf(base)) {
          const [mine, theirs] = [!sameField(base, local, field), !sameField(base, remote, field)]
          if (mine && theirs) continue
          expect(shownOf(merged, field), field).toEqual(shownOf(mine ? local : remote, field))
          expect(lost.map((one) => one.field)).not.toContain(field)
          expect(Object.keys(ancestors)).not.toContain(field)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('P4: a deletion or a restore of one side is in the result, but for a deletion that met an edit: that returns or asks', () => {
    const met = { plain: 0, returned: 0, asked: 0 }
    fc.assert(
      fc.property(meetings, ({ base, local, remote, standpoint }) => {
        const { record: merged, returned, ancestors } = reconcile(base, local, remote, standpoint)
        const here = isDeleted(local) !== isDeleted(base)
        const [changing, other] = here ? [local, remote] : [remote, local]
        const { policy } = standpoint
        const differ = isDeleted(local) !== isDeleted(remote)
        if (!differ || !isDeleted(changing) || !isEdited(base, other)) {
          if (differ) met.plain++
          expect([isDeleted(merged), returned, ancestors]).toEqual([
            isDeleted(changing),
            false,
            expect.not.objectContaining({ deleted: expect.anything() }),
          ])
        } else if ((here ? policy.deletedHere : policy.deletedThere) === 'ask') {
          met.asked++
          expect(ancestors).toHaveProperty('deleted', false)
          expect([isDeleted(merged), returned]).toEqual([isDeleted(local), false])
        } else {
          met.returned++
          expect([isDeleted(merged), returned]).toEqual([false, true])
          expect(ancestors).not.toHaveProperty('deleted')
        }
      }),
      { numRuns: 1000 },
    )
    for (const many of Object.values(met)) expect(many, 'it has met some').toBeGreaterThan(10)
  })

  test('P4: deleted for good on one side, edited on the other: all of the edited record is in the result', () => {
    fc.assert(
      fc.property(meetings, ({ base, local, remote, standpoint }) => {
        const gone = { fields: { deleted: true, purged: true }, stamps: {} }
        if (isEdited(base, local)) {
          const { record: merged } = reconcile(base, local, { ...remote, ...gone }, standpoint)
          for (const field of fieldsOf(base)) expect(merged.fields[field]).toEqual(local.fields[field])
          expect([isDeleted(merged), merged.fields.purged]).toEqual([isDeleted(local), false])
        }
        if (isEdited(base, remote))
          expect(reconcile(base, { ...local, ...gone }, remote, standpoint).record).toEqual(remote)
      }),
      { numRuns: 500 },
    )
  })

  test('P4: every value that is not in the result is in `lost`, with side and stamp, or a person is asked about it', () => {
    const met = { lost: 0, asked: 0 }
    fc.assert(
      fc.property(meetings, ({ base, local, remote, standpoint }) => {
        const { record: merged, lost, ancestors } = reconcile(base, local, remote, standpoint)
        for (const field of fieldsOf(base)) {
          const kind = mergeKind(base.kind, field)
          if (field in ancestors) {
            met.asked++
            // The other side's value is the next base, this device's is untouched.
            expect(shownOf(merged, field)).toEqual(shownOf(local, field))
            expect(lost.map((one) => one.field)).not.toContain(field)
            continue
          }
          for (const [side, of] of [
            ['local', local],
            ['remote', remote],
          ] as const) {
            if (sameField(base, of, field) || sameField(merged, of, field)) continue
            const { [field]: value } = of.fields
            const wanted = { field, value, stamp: of.stamps[field], side }
            const entry = lost.find((one) => one.field === field)
            if (kind !== 'set' && kind !== 'text') {
              met.lost++
              expect(entry).toEqual(expect.objectContaining(wanted))
              // Of a merge: this device’s before it, or the side that gave way. Words and items are the next laws’.
            } else if (side === 'local') expect(entry, field).toBeDefined()
          }
        }
        for (const { field, value } of lost) expect(shownOf(merged, field)).not.toEqual(inOrder(value))
      }),
      { numRuns: 1000 },
    )
    for (const many of Object.values(met)) expect(many, 'it has met some').toBeGreaterThan(10)
  })

  test('P4: of a text that gives way whole, whatever the choice, each word is in the result or the text is in `lost`', () => {
    const wordsOf = (value: unknown): string[] =>
      text(value as string)
        .split(/\s+/)
        .filter(Boolean)
    let whole = 0
    fc.assert(
      fc.property(meetings, ({ base, local, remote, standpoint }) => {
        const { record: merged, lost, ancestors } = reconcile(base, local, remote, standpoint)
        for (const field of ['content', 'description']) {
          const kept = new Set(wordsOf(merged.fields[field]))
          for (const [side, of] of [
            ['local', local],
            ['remote', remote],
          ] as const) {
            const added = wordsOf(of.fields[field]).filter(
              (word) => !wordsOf(base.fields[field]).includes(word),
            )
            // Where a person is asked both are kept as they are.
            if (field in ancestors || added.every((word) => kept.has(word))) continue
            whole++
            const { [field]: value } = of.fields
            const wanted = { field, value, stamp: of.stamps[field], side }
            expect(lost).toContainEqual(expect.objectContaining(wanted))
          }
        }
      }),
      { numRuns: 3000 },
    )
    expect(whole, 'it has met some').toBeGreaterThan(10)
  })

  test('P4: both changed to the same is no loss, no conflict and nothing to send, whatever is chosen and whoever did it', () => {
    fc.assert(
      fc.property(meetings, fc.boolean(), ({ base, local, remote, standpoint }, wasOpen) => {
        const reversed = Object.entries(local.fields).map(([field, value]) => [
          field,
          Array.isArray(value) ? [...value].reverse() : value,
        ])
        const theirs: RecordState = { ...remote, fields: Object.fromEntries(reversed) }
        // Also where it was in conflict until now, and where a restored server leaves no base.
        const open = wasOpen ? base.fields : {}
        for (const before of [base, null]) {
          const merged = reconcile(before, local, theirs, standpoint, open)
          expect({ ...merged, record: null }).toEqual({ record: null, ...NOTHING, ancestors: {} })
          expect(isSettled(theirs, merged.record)).toBe(true)
        }
      }),
      { numRuns: 500 },
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

  test('taking in the same remote a second time changes nothing, and what waits for a person waits on', () => {
    let asked = 0
    fc.assert(
      fc.property(meetings, ({ base, local, remote, standpoint }) => {
        const first = reconcile(base, local, remote, standpoint)
        const second = reconcile(remote, first.record, remote, standpoint, first.ancestors)
        asked += Object.keys(first.ancestors).length
        // A stamp may be that of the remote now: it says nothing where the values are the same.
        expect(second.record.fields).toEqual(first.record.fields)
        expect(second.ancestors).toEqual(first.ancestors)
        expect(second).toMatchObject(NOTHING)
      }),
      { numRuns: 500 },
    )
    expect(asked, 'it has met some').toBeGreaterThan(10)
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
