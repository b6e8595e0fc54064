import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { learn, type Question } from '../../src/core/compare.ts'
import type { RangeAnswer } from '../../src/core/protocol.ts'
import { digestText, ID_SIGNS, RangeDigest, recordDigest } from '../../src/core/record-digest.ts'
import { type Fields, type Json, type RecordState, sameJson } from '../../src/core/records.ts'
import { card, changed, idOf, note } from '../support/device-records.ts'

const sumOf = (digests: readonly number[]): string => {
  const range = new RangeDigest()
  for (const digest of digests) range.add(digest)
  return range.text
}

const names = fc.constantFrom('title', 'content', 'url', 'pinned', 'createdAt', 'later', 'x')
const values = fc.jsonValue() as fc.Arbitrary<Json>
const anyFields = fc.dictionary(names, values) as fc.Arbitrary<Fields>
const noteOf = (fields: Fields, rest: Partial<RecordState> = {}): RecordState => ({
  ...{ id: idOf(1), kind: 'note', version: 3, fields, stamps: {} },
  ...rest,
})
/** The same value with the keys of every object the other way round. */
function turned(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(turned)
  const entries = Object.entries(value as Fields).map(([key, each]) => [key, turned(each)] as const)
  return Object.fromEntries(entries.reverse())
}

describe('a record’s digest', () => {
  test('is the same for the same record, in whatever order its keys were written', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const other = JSON.parse(JSON.stringify(turned(fields))) as Fields
        expect(recordDigest(noteOf(other))).toBe(recordDigest(noteOf(fields)))
      }),
    )
  })

  test('is another when any field changes, comes or goes', () => {
    fc.assert(
      fc.property(anyFields, names, values, (fields, name, value) => {
        const had = Object.hasOwn(fields, name)
        fc.pre(!had || !sameJson(JSON.parse(JSON.stringify(fields[name])), JSON.parse(JSON.stringify(value))))
        expect(recordDigest(noteOf({ ...fields, [name]: value }))).not.toBe(recordDigest(noteOf(fields)))
      }),
      { numRuns: 1000 },
    )
  })

  test('is another when one character of a text changes, whichever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
        fc.nat(),
        fc.integer({ min: 1, max: 0xffff }),
        (content, where, flip) => {
          const at = where % content.length
          const unit = String.fromCharCode(content.charCodeAt(at) ^ flip)
          const other = content.slice(0, at) + unit + content.slice(at + 1)
          expect(recordDigest(note(other))).not.toBe(recordDigest(note(content)))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('is another for another id, kind or version', () => {
    const here = note('x')
    const others = [
      { ...here, id: idOf(2) },
      { ...here, kind: 'card' },
      { ...here, version: 2 },
    ]
    const all = [here, ...others].map(recordDigest)
    expect(new Set(all).size).toBe(all.length)
  })

  test('a list’s order counts, that of a set does not, nor a member that is there twice', () => {
    const tagged = (...tags: string[]) => recordDigest(note('x', { fields: { tags } }))
    expect(tagged('a', 'b')).toBe(tagged('b', 'a', 'b'))
    expect(tagged('a', 'b')).not.toBe(tagged('a', 'c'))
    expect(tagged('a', 'b')).not.toBe(tagged('a,b'))
    const list = (...later: string[]) => recordDigest(note('x', { fields: { later } }))
    expect(list('a', 'b')).not.toBe(list('b', 'a'))
  })

  test('a record never deleted and one restored are equal, a deleted one is not; stamps do not count', () => {
    const here = card('https://a.example/')
    expect(recordDigest(changed(here, { deleted: false, purged: false }))).toBe(recordDigest(here))
    expect(recordDigest(changed(here, { deleted: true }))).not.toBe(recordDigest(here))
    expect(recordDigest({ ...here, stamps: {} } as RecordState)).toBe(recordDigest(here))
  })

  test('100,000 records that differ in one digit have 100,000 digests', () => {
    const digests = Array.from({ length: 100_000 }, (_, n) => recordDigest(noteOf({ content: `${n}` })))
    expect(new Set(digests).size).toBe(100_000)
    // The bits are all used: of each about half are set.
    for (const bit of [0, 20, 31, 32, 45, 51]) {
      const set = digests.filter((digest) => Math.floor(digest / 2 ** bit) % 2 === 1).length
      expect(Math.abs(set - 50_000), `bit ${bit}`).toBeLessThan(1500)
    }
  })
})

describe('a range’s digest', () => {
  test('is the same in whatever order its records are added', () => {
    fc.assert(
      fc.property(fc.array(anyFields, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (all, random) => {
        const digests = all.map((fields, n) => recordDigest(noteOf(fields, { id: idOf(n) })))
        const keyed = digests.map((digest) => ({ digest, key: random.next().value as number }))
        const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ digest }) => digest)
        expect(sumOf(shuffled)).toBe(sumOf(digests))
      }),
    )
  })

  test('is another when a record comes, goes or changes, and when two swap their texts', () => {
    const [a, b] = [note('one'), note('two', { id: idOf(2) })]
    const both = sumOf([recordDigest(a), recordDigest(b)])
    const swapped = [
      { ...a, fields: b.fields },
      { ...b, fields: a.fields },
    ]
    expect(sumOf(swapped.map(recordDigest))).not.toBe(both)
    expect(sumOf([recordDigest(a)])).not.toBe(both)
    expect(sumOf([recordDigest(a), recordDigest(a)])).not.toBe(both)
    expect(sumOf([])).toBe('0.0')
  })
})

/** Answers as the server does (tests/server/sync/digests.test.ts compares it with the real one). */
function answerOf(records: readonly RecordState[], ending: string): RangeAnswer {
  const inside = records.filter(({ id }) => id.endsWith(ending))
  if (inside.length <= 32)
    return {
      records: inside.map((row) => ({
        id: row.id,
        version: row.version,
        digest: digestText(recordDigest(row)),
      })),
    }
  return {
    parts: [...ID_SIGNS].map((sign) =>
      sumOf(inside.filter(({ id }) => id.endsWith(sign + ending)).map(recordDigest)),
    ),
  }
}

function compare(mine: readonly RecordState[], theirs: readonly RecordState[]): string[] {
  const differing: string[] = []
  const open: Question[] = [{ ending: '', rows: mine.map((row) => [row.id, recordDigest(row)]) }]
  for (let next = open.pop(); next; next = open.pop()) {
    const learnt = learn(next, answerOf(theirs, next.ending))
    differing.push(...learnt.differing)
    open.push(...learnt.open)
  }
  return differing.sort()
}

describe('comparing', () => {
  test('finds exactly what differs or is missing on a side, however it is spread', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(5000), { maxLength: 400 }),
        fc.func(fc.constantFrom('same', 'same', 'same', 'same', 'changed', 'here', 'there')),
        (numbers, fate) => {
          const all = numbers.map((n) => note(`text ${n}`, { id: idOf(n * 17) }))
          const mine = all.filter((row) => fate(row.id) !== 'there')
          const theirs = all
            .filter((row) => fate(row.id) !== 'here')
            .map((row) => (fate(row.id) === 'changed' ? changed(row, { content: 'another' }) : row))
          const differing = all.filter((row) => fate(row.id) !== 'same').map(({ id }) => id)
          expect(compare(mine, theirs)).toEqual(differing.sort())
        },
      ),
      { numRuns: 60 },
    )
  })

  test('ends with ids that are alike to the last digits', () => {
    const alike = (n: number) => `${n.toString(16).padStart(8, '0')}-0000-7000-8000-000000000001`
    const all = Array.from({ length: 100 }, (_, n) => note(`${n}`, { id: alike(n) }))
    const other = all.map((row, n) => (n === 40 ? changed(row, { content: 'x' }) : row))
    expect(compare(all, other)).toEqual([alike(40)])
  })
})
