import { describe, expect, test } from 'vitest'
import { settleDuplicate } from '../../src/core/duplicate.ts'
import { freeze, goesAlone, waitOf } from '../../src/core/outbox.ts'
import { DEFAULT_POLICY } from '../../src/core/policy.ts'
import type { Fields, RecordState } from '../../src/core/records.ts'
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
      created: { record: deleted, base: null, entry: null },
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
})
