import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { settleDuplicate } from '../../src/core/duplicate.ts'
import { freeze, goesAlone, waitOf } from '../../src/core/outbox.ts'
import { DEFAULT_POLICY } from '../../src/core/policy.ts'
import {
  changedFields,
  DEFAULTS,
  type Fields,
  mergeKind,
  type RecordState,
  sameValue,
} from '../../src/core/records.ts'
import { card, changed, clean, dirty, flying, idOf, nothing, remote, T0 } from '../support/device-records.ts'

const U = 'https://a.example/'
const existing = card(U, { title: 'Theirs', tags: ['t'] }, { id: idOf(1), version: 3 })
const mine = card(U, { title: 'Mine', tags: ['m'] }, { id: idOf(2), version: 0 })
const later = (of: RecordState, fields: Parameters<typeof changed>[1]) => changed(of, fields, T0 + 9000)
const created = (now = mine) => ({ ...flying(null, mine), record: now })

describe('settleDuplicate', () => {
  test('trace 11: the existing card takes it in without a base; its id lives on in formerIds, losers are kept', () => {
    const outcome = settleDuplicate(
      created(later(mine, { description: 'typed since' })),
      nothing,
      existing,
      T0,
    )
    if (outcome.is !== 'merged') throw new Error(outcome.is)
    expect(outcome.existing.record).toMatchObject({
      id: idOf(1),
      version: 3,
      fields: { url: U, tags: ['t', 'm'], description: 'typed since', formerIds: [idOf(2)] },
    })
    expect(outcome.existing.base).toEqual(existing)
    expect(outcome.existing.entry).toMatchObject({ id: idOf(1), flight: null, wait: { length: 0 } })
    expect(outcome.existing.lost).toContainEqual({ field: 'title', value: 'Mine', stamp: T0, side: 'local' })
  })

  test('trace 11: ids that went before go along', () => {
    const outcome = settleDuplicate(
      created(later(mine, { formerIds: [idOf(7)] })),
      clean(existing),
      remote(existing, { formerIds: [idOf(8)] }),
      T0,
    )
    if (outcome.is !== 'merged') throw new Error(outcome.is)
    expect(outcome.existing.record?.fields.formerIds).toEqual([idOf(8), idOf(7), idOf(2)])
  })

  test('trace 11a: its URL was corrected since: sent again, not merged into another link', () => {
    const outcome = settleDuplicate(
      created(later(mine, { url: 'https://w.example/' })),
      clean(existing),
      existing,
      T0,
    )
    expect(outcome).toMatchObject({
      is: 'again',
      created: { record: { fields: { url: 'https://w.example/' } }, entry: { flight: null } },
    })
  })

  test('trace 11a: a correction that makes the same link is no other link', () => {
    expect(
      settleDuplicate(created(later(mine, { url: `${U}#part` })), clean(existing), existing, T0).is,
    ).toBe('merged')
  })

  test('trace 11a, f: an old outcome may name a card that has another URL by now: asked again once, then the server is believed', () => {
    const moved = remote(existing, { url: 'https://v.example/' })
    const first = settleDuplicate(created(), clean(existing), moved, T0)
    if (first.is !== 'again' || !first.created.entry) throw new Error(first.is)
    const { record, entry } = first.created
    expect(waitOf(entry)?.length).toBe(1000)
    const resent = { record, base: null, entry: freeze(entry, null, mine, idOf(901)) }
    expect(settleDuplicate(resent, clean(existing), moved, T0).is).toBe('merged')
  })

  test('trace 11b: it was deleted since: it stays in this device’s Trash, and the existing card is left alone', () => {
    const deleted = later(mine, { deleted: true })
    expect(settleDuplicate(created(deleted), clean(existing), existing, T0)).toEqual({
      is: 'gone',
      created: { record: { ...deleted, version: 0 }, base: null, entry: null },
    })
  })

  test('trace 11b: deleted for good: nothing is left of it', () => {
    const purged = later(mine, { deleted: true, purged: true })
    expect(settleDuplicate(created(purged), clean(existing), existing, T0)).toEqual({
      is: 'gone',
      created: nothing,
    })
  })

  test('trace 11c: the existing card is deleted by now: sent again', () => {
    expect(
      settleDuplicate(created(), clean(existing), remote(existing, { deleted: true }), T0),
    ).toMatchObject({ is: 'again', created: { base: null, entry: { flight: null } } })
  })

  test('trace 11d: a pending change of the existing card goes first, a deletion too', () => {
    const changes: Fields[] = [{ url: 'https://v.example/' }, { title: 'x' }, { deleted: true }]
    for (const pending of changes) {
      const outcome = settleDuplicate(created(), dirty(existing, later(existing, pending)), existing, T0)
      expect(outcome).toMatchObject({ is: 'later', created: { record: mine, entry: { flight: null } } })
      // That one may have to be sent alone, after all that need not: impatience must not ask again before it.
      expect(outcome.is === 'later' && outcome.created.entry && goesAlone(outcome.created.entry)).toBe(true)
    }
  })

  test('what waits on the existing card meets its change by the person’s own policy', () => {
    const refused = dirty(existing, later(existing, { title: 'Mine too' }))
    const state = { is: 'refused', code: 'invalid', message: 'No.', at: T0 } as const
    const waiting = { ...refused, entry: { ...refused.entry, state } }
    const there = remote(existing, { title: 'Theirs now' })
    const standpoint = { account: null, policy: { ...DEFAULT_POLICY, ours: 'server' as const } }
    const outcome = settleDuplicate(created(mine), waiting, there, T0, standpoint)
    const titles = outcome.is === 'merged' ? outcome.existing.lost.map(({ value }) => value) : []
    expect(titles).toContain('Mine too')
  })

  test('P9, trace 11d: a deletion that cannot go makes no hot loop of the create', () => {
    const held = dirty(existing, later(existing, { deleted: true }))
    for (const state of [
      { is: 'refused', code: 'x', message: 'y', at: T0 },
      { is: 'choked', message: 'x', at: T0, attempts: 1, wait: { start: T0, length: 15_000 } },
    ] as const) {
      const outcome = settleDuplicate(created(), { ...held, entry: { ...held.entry, state } }, existing, T0)
      if (outcome.is !== 'later' || !outcome.created.entry) throw new Error(outcome.is)
      expect(waitOf(outcome.created.entry)?.length).toBeGreaterThanOrEqual(10_000)
    }
  })

  test('P4: what the existing card’s own unsent change loses to the server’s newer one is kept too', () => {
    const held = dirty(existing, changed(existing, { title: 'Mine, refused' }, T0 + 1))
    const refused = {
      ...held,
      entry: { ...held.entry, state: { is: 'refused', code: 'x', message: 'y', at: T0 } as const },
    }
    const outcome = settleDuplicate(created(), refused, remote(existing, { title: 'Newer' }), T0)
    if (outcome.is !== 'merged') throw new Error(outcome.is)
    expect(outcome.existing.lost.map(({ value }) => value)).toContain('Mine, refused')
  })

  test('trace 11e: merging is of the create alone: the existing card keeps its version and id', () => {
    const outcome = settleDuplicate(created(), clean(existing), existing, T0)
    expect(outcome).toMatchObject({
      is: 'merged',
      existing: { record: { id: existing.id, version: existing.version } },
    })
  })

  test('trace 11g: nothing in flight, nothing to decide', () => {
    expect(settleDuplicate(nothing, clean(existing), existing, T0)).toEqual({ is: 'gone', created: nothing })
  })

  const saved = (n: number, at: number, fields: Fields = {}): RecordState =>
    changed(card(U, {}, { id: idOf(n), version: 0 }), { createdAt: iso(at), ...every, ...fields }, at)
  const iso = (at: number) => new Date(at).toISOString()
  /** A page stamps every field of a card that it makes. */
  const every: Fields = { ...DEFAULTS.card, url: U }
  const HOUR = 3_600_000
  const united = (local: RecordState, there: RecordState) => {
    const outcome = settleDuplicate(flying(null, local), nothing, { ...there, version: 1 }, T0 + 3 * HOUR)
    if (outcome.is !== 'merged' || !outcome.existing.record) throw new Error(outcome.is)
    return { ...outcome.existing, record: outcome.existing.record }
  }
  const filled: Fields = { title: 'Great article', description: 'my notes', pinned: true, later: { x: 1 } }

  test.each(['title', 'description', 'pinned'])(
    'P4: what one device never gave takes nothing from the other, whoever was later or comes first: %s',
    (field) => {
      const given = filled[field] ?? null
      for (const [early, late] of [[{ [field]: given }, {}] as const, [{}, { [field]: given }] as const]) {
        const [a, b] = [saved(1, T0, early), saved(2, T0 + HOUR, late)]
        for (const [local, there] of [[a, b] as const, [b, a] as const]) {
          const { record, base, entry, lost } = united(local, there)
          expect(record.fields[field]).toBe(given)
          // The value that stays keeps its own stamp, and what the server lacks of it is sent.
          expect(record.stamps[field]).toBe((field in early ? a : b).stamps[field])
          expect(changedFields(base, record).includes(field)).toBe(local.fields[field] === given)
          expect(entry).not.toBeNull()
          expect(lost).toEqual([])
        }
      }
    },
  )

  test('the card was made when the first of the two was', () => {
    const [a, b] = [saved(1, T0), saved(2, T0 + HOUR)]
    for (const [local, there] of [[a, b] as const, [b, a] as const]) {
      const { record, lost } = united(local, there)
      expect(record.fields.createdAt).toBe(iso(T0))
      expect(record.stamps.createdAt).toBe(T0)
      expect(lost).toEqual([])
    }
  })

  test('a record that holds only some of its fields takes nothing either', () => {
    const whole = saved(1, T0, filled)
    const part: RecordState = { ...saved(2, T0 + HOUR), fields: { url: U }, stamps: { url: T0 + HOUR } }
    for (const [local, there] of [[whole, part] as const, [part, whole] as const]) {
      const { record, lost } = united(local, there)
      expect(record.fields).toMatchObject({ ...filled, createdAt: iso(T0) })
      expect(record.stamps.title).toBe(T0)
      expect(lost).toEqual([])
    }
  })

  test('titles that really differ: the later stays, the other is kept', () => {
    const [a, b] = [saved(1, T0, { title: 'A' }), saved(2, T0 + HOUR, { title: 'B' })]
    for (const [local, there] of [[a, b] as const, [b, a] as const]) {
      const { record, lost } = united(local, there)
      expect(record.fields.title).toBe('B')
      expect(lost.map(({ value }) => value)).toEqual(['A'])
    }
  })

  test('law: the united card has nowhere a default where either had something else, and both orders show the same', () => {
    const some = fc.record(
      {
        title: fc.constantFrom('', 'A', 'B'),
        description: fc.constantFrom('', 'x', 'y'),
        pinned: fc.boolean(),
        tags: fc.constantFrom([], ['t'], ['t', 'u']),
        collectionIds: fc.constantFrom([], [idOf(50)]),
      },
      { requiredKeys: [] },
    )
    const absent = fc.subarray(['title', 'description', 'pinned', 'tags', 'createdAt'])
    const made = (n: number) =>
      fc.tuple(some, fc.integer({ min: 0, max: 9 }), absent).map(([fields, at, gone]) => {
        const whole = saved(n, T0 + at * 10 + n, fields)
        const keep = ([field]: [string, unknown]) => !gone.includes(field)
        return {
          ...whole,
          fields: Object.fromEntries(Object.entries(whole.fields).filter(keep)),
          stamps: Object.fromEntries(Object.entries(whole.stamps).filter(keep)),
        }
      })
    fc.assert(
      fc.property(made(1), made(2), (a, b) => {
        const [one, other] = [united(a, b), united(b, a)]
        for (const field of Object.keys({ ...every, createdAt: '' })) {
          const kind = mergeKind('card', field)
          const empty = (of: RecordState) =>
            of.fields[field] === undefined || sameValue(kind, of.fields[field], DEFAULTS.card[field])
          if (field === 'formerIds') continue
          expect(empty(one.record)).toBe(empty(a) && empty(b))
          expect(sameValue(kind, one.record.fields[field], other.record.fields[field])).toBe(true)
          if (!sameValue(kind, a.fields[field], b.fields[field]))
            expect(one.record.stamps[field]).toBe(other.record.stamps[field])
        }
        for (const { field, value } of [...one.lost, ...other.lost])
          expect(sameValue(mergeKind('card', field), value, DEFAULTS.card[field])).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })
})
