import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UUID, uuidV7 } from '../../src/core/ids.ts'
import { isWellFormed, LIMITS, toWellFormed, utf8Length } from '../../src/core/limits.ts'
import { readMessage, syncTag } from '../../src/core/messages.ts'
import { markParam } from '../../src/core/protocol.ts'
import { hostOf, mergeKind, sameJson, titleOf, updatedAt } from '../../src/core/records.ts'
import { checkFields } from '../../src/core/schema.ts'
import { clockOffset, settleStamps, stampAt, TOLERATED_SKEW } from '../../src/core/stamp.ts'
import { isOver, remaining } from '../../src/core/wait.ts'
import { card, idOf, note, record, T0 } from '../support/device-records.ts'

const anyText = fc.string({ unit: 'binary' })
const halves = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))

describe('limits', () => {
  test('utf8Length is what a TextEncoder makes, also of lone surrogates', () => {
    const bytes = (value: string) => new TextEncoder().encode(value).length
    fc.assert(fc.property(fc.oneof(anyText, halves), (value) => utf8Length(value) === bytes(value)))
  })

  test('trace 24: well-formed text is left to the letter; else only NUL and half characters go', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, halves), (value) => {
        const tidy = toWellFormed(value)
        expect(isWellFormed(tidy)).toBe(true)
        expect(isWellFormed(value)).toBe(value.isWellFormed() && !value.includes('\0'))
        if (isWellFormed(value)) expect(tidy).toBe(value)
      }),
    )
    expect(toWellFormed('a\0b\ud83d')).toBe('ab�')
  })

  test.each([
    ['note', { content: 'x'.repeat(LIMITS.contentBytes) }, true],
    ['note', { content: 'x'.repeat(LIMITS.contentBytes + 1) }, false],
    ['note', { content: 'é'.repeat(LIMITS.contentBytes / 2 + 1) }, false],
    ['note', { title: 'x'.repeat(1000) }, true],
    ['note', { title: 'x'.repeat(1001) }, false],
    ['note', { title: 5 }, false],
    ['note', { content: 'a\0' }, false],
    ['note', { tags: Array.from({ length: 100 }, (_, i) => `t${i}`) }, true],
    ['note', { tags: Array.from({ length: 101 }, (_, i) => `t${i}`) }, false],
    ['note', { tags: ['x'.repeat(101)] }, false],
    ['note', { tags: [''] }, false],
    ['note', { pinned: 'yes' }, false],
    ['note', { createdAt: '2026-05-04T10:00:00.000Z' }, true],
    ['note', { createdAt: 'yesterday' }, false],
    ['note', { fromTheFuture: { a: [1] } }, true],
    ['note', { fromTheFuture: 'x'.repeat(LIMITS.unknownBytes) }, false],
    ['card', { url: 'https://a.example/' }, true],
    ['card', { url: 'ftp://a.example/' }, false],
    ['card', { url: `https://a.example/${'x'.repeat(8192)}` }, false],
    ['card', { description: 'x'.repeat(LIMITS.descriptionBytes + 1) }, false],
    ['card', { collectionIds: Array.from({ length: 1001 }, (_, i) => idOf(i)) }, false],
    ['collection', { parentId: null }, true],
    ['collection', { parentId: idOf(3) }, true],
    ['collection', { parentId: 'x' }, false],
    ['later-kind', { anything: 1 }, true],
    ['later-kind', 'no object', false],
  ])('%s with %o', (kind, fields, fits) => {
    expect(checkFields(kind, fields).ok).toBe(fits)
  })

  test('a problem names its field', () => {
    const checked = checkFields('note', { title: 'x'.repeat(1001) })
    expect(checked).toEqual({
      ok: false,
      problem: [{ field: 'title', problem: 'must be at most 1000 characters' }],
    })
  })
})

describe('names', () => {
  test.each([
    [note(''), 'A note'],
    [record('note', { title: '  ' }), 'Untitled note'],
    [card('https://www.Example.com/a', { title: '' }), 'example.com'],
    [card('https://u:p@example.com:8080/a'), 'example.com'],
    [card('https://[::1]:80/'), '[::1]'],
    [card(''), 'Untitled card'],
    [card('https://a.b/', { title: 'T' }), 'T'],
    [record('collection', { name: '' }), 'Untitled collection'],
    [record('collection', { name: 'C' }), 'C'],
  ])('titleOf %#', (of, title) => {
    expect(titleOf(of)).toBe(title)
  })

  test('hostOf is empty for what is no http address', () => {
    for (const url of ['', 'mailto:a@b.c', 'javascript:alert(1)', 'example.com']) expect(hostOf(url)).toBe('')
  })

  test('updatedAt is the newest stamp', () => {
    expect(updatedAt({ stamps: { title: 5, content: 9, tags: 7 } })).toBe(9)
    expect(updatedAt({ stamps: {} })).toBe(0)
  })

  test('sameJson is deep, with arrays in order and keys in any', () => {
    expect(sameJson({ a: [1, { b: null }], c: 2 }, { c: 2, a: [1, { b: null }] })).toBe(true)
    for (const [a, b] of [
      [
        [1, 2],
        [2, 1],
      ],
      [{ a: 1 }, { a: 1, b: 2 }],
      [{ a: 1 }, { b: 1 }],
      [[], {}],
      [null, {}],
    ] as const)
      expect(sameJson(a, b)).toBe(false)
  })
})

describe('fields named like what every object has', () => {
  test.each(['toString', 'hasOwnProperty', 'valueOf', 'constructor', 'prototype'])(
    '%s merges as a plain value and may be held',
    (field) => {
      for (const kind of ['note', 'later-kind']) {
        expect(mergeKind(kind, field)).toBe('value')
        expect(checkFields(kind, { [field]: 'x' }).ok).toBe(true)
      }
    },
  )

  test('__proto__ is no name of a field, since copying a record would lose it', () => {
    expect(checkFields('note', JSON.parse('{"title": "x", "__proto__": {"a": 1}}'))).toEqual({
      ok: false,
      problem: [{ field: '__proto__', problem: 'is no name that a field may have' }],
    })
  })

  test('sameJson compares what objects hold, not what they inherit', () => {
    expect(sameJson(JSON.parse('{"__proto__": {}}'), { a: 1 })).toBe(false)
  })
})

describe('ids', () => {
  test('ids are lower-case UUIDv7s that sort by time', () => {
    const random = Uint8Array.from({ length: 16 }, (_, i) => i * 7)
    const ids = [0, 1, 2, 1000].map((ms) => uuidV7(T0 + ms, random))
    for (const id of ids) expect(id).toMatch(UUID)
    expect([...ids].sort()).toEqual(ids)
    expect(ids[0]?.[14]).toBe('7')
  })

  test('two tabs in one millisecond make two ids', () => {
    const ids = new Set<string>()
    for (let i = 0; i < 2000; i++) ids.add(uuidV7(T0, crypto.getRandomValues(new Uint8Array(16))))
    expect(ids.size).toBe(2000)
  })
})

describe('stamps', () => {
  test('a stamp is the device’s time plus its offset, a whole number, never negative', () => {
    expect(stampAt(1000.4, 5)).toBe(1005)
    expect(stampAt(10, -500)).toBe(0)
    expect(clockOffset(10_000, 4000, 5000)).toBe(5500)
  })

  test('trace 21: a clock more than two minutes off is shifted as a whole, a future stamp cut, a small skew left', () => {
    const day = 24 * 3600_000
    expect(settleStamps({ title: T0 + day - 5000 }, T0 + day, T0)).toEqual({ title: T0 - 5000 })
    expect(settleStamps({ title: T0 - day }, T0 - day, T0)).toEqual({ title: T0 })
    expect(settleStamps({ title: T0 + 60_000 }, T0 + 60_000, T0)).toEqual({ title: T0 })
    expect(settleStamps({ title: T0 - 90_000 }, T0 - TOLERATED_SKEW, T0)).toEqual({ title: T0 - 90_000 })
  })

  test('settled stamps are never in the future and keep their order', () => {
    const at = fc.integer({ min: 0, max: 2 * T0 })
    fc.assert(
      fc.property(at, at, at, at, (a, b, device, server) => {
        const { x = -1, y = -1 } = settleStamps({ x: a, y: b }, device, server)
        return x <= server && y <= server && x >= 0 && y >= 0 && (a <= b ? x <= y : y <= x)
      }),
    )
  })
})

describe('waits', () => {
  test('trace 15: over when its time has come, and when the clock was set back before its start', () => {
    const wait = { start: T0, length: 2000 }
    expect([T0, T0 + 1999].map((now) => isOver(wait, now))).toEqual([false, false])
    expect([T0 + 2000, T0 - 1, T0 - 86_400_000].map((now) => isOver(wait, now))).toEqual([true, true, true])
    expect(remaining(wait, T0 + 500)).toBe(1500)
    expect(remaining(wait, T0 - 500)).toBe(0)
  })
})

describe('messages', () => {
  test('only messages of our version are read, and workbox-window’s own', () => {
    expect(readMessage({ v: 1, type: 'flush' })).toEqual({ v: 1, type: 'flush' })
    expect(readMessage({ type: 'SKIP_WAITING' })).toEqual({ type: 'SKIP_WAITING' })
    for (const data of [null, 5, 'x', {}, { type: 5, v: 1 }, { v: 2, type: 'flush' }, { type: 'flush' }])
      expect(readMessage(data)).toBe(null)
  })

  test('three tags take turns', () => {
    expect(new Set([0, 1, 2, 3].map(syncTag)).size).toBe(3)
    expect(syncTag(3)).toBe(syncTag(0))
  })

  test('a mark travels as SEQ.TAG', () => {
    expect(markParam({ seq: 4, tag: 'x' })).toBe('4.x')
    expect(markParam(null)).toBe('')
  })
})
