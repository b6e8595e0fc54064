import { describe, expect, test } from 'vitest'
import { difference, freeze, isSettled } from '../../src/core/outbox.ts'
import { sendWhole, takeInRestored } from '../../src/core/reread.ts'
import { settle, takeIn } from '../../src/core/settle.ts'
import { changed, clean, dirty, flying, idOf, note, nothing, remote, T0 } from '../support/device-records.ts'

const here = note('ours', { version: 7 })

describe('a restored server', () => {
  test('trace 8c: its older record does not overwrite ours: the later stamp wins, the loser is kept', () => {
    const older = {
      ...here,
      version: 5,
      fields: { ...here.fields, content: 'older' },
      stamps: { ...here.stamps, content: T0 - 1000 },
    }
    const taken = takeInRestored(clean(here), older, T0)
    expect(taken).toMatchObject({ record: { version: 5, fields: { content: 'ours' } }, base: older })
    expect(taken.entry).not.toBe(null)
    expect(taken.lost).toEqual([{ field: 'content', value: 'older', stamp: T0 - 1000, side: 'remote' }])
  })

  test('trace 8c: an edit made there since wins by its stamp, ours is kept', () => {
    const newer = remote({ ...here, version: 5 }, { content: 'newer' }, 6)
    const taken = takeInRestored(clean(here), newer, T0)
    expect(taken).toMatchObject({ record: newer, entry: null })
    expect(taken.lost).toMatchObject([{ value: 'ours', side: 'local' }])
  })

  test('what is equal there and here is clean, on its version', () => {
    expect(takeInRestored(clean(here), { ...here, version: 5 }, T0)).toMatchObject({
      record: { version: 5 },
      entry: null,
      lost: [],
    })
    expect(takeInRestored(nothing, here, T0).record).toBe(here)
  })

  test('a mutation that is unsettled parks it, to be taken in whatever its version and the outcome', () => {
    const held = flying(here, changed(here, { content: 'x' }))
    expect(takeInRestored(held, { ...here, version: 5 }, T0)).toMatchObject({
      record: { ...held.record, version: 4 },
      entry: { parked: { version: 5 } },
    })
  })

  test('and is voided: the version that it was made on may hold something else there', () => {
    const held = flying(here, changed(here, { content: 'x' }))
    expect(takeInRestored(held, { ...here, version: 7 }, T0)).toMatchObject({
      base: null,
      entry: { flight: { void: true } },
    })
    expect(sendWhole(held, T0).entry).toMatchObject({ flight: { void: true } })
  })

  test('trace 8b, d: a clean record that it lacks goes there whole', () => {
    expect(sendWhole(clean(here), T0)).toMatchObject({
      record: here,
      base: null,
      entry: { wait: { length: 0 } },
    })
    const edited = dirty(here, changed(here, { content: 'x' }))
    const whole = sendWhole(edited, T0)
    expect(whole).toEqual({ ...edited, base: { ...here, version: 0 } })
    expect(difference(whole.base, edited.record ?? here)).toEqual(edited.record?.fields)
    // Typed back to what it was it is still nowhere else.
    expect(isSettled(whole.base, here)).toBe(false)
  })

  test('P4: what several devices bring back, each in its own form, is not joined on the older text: no line is there twice', () => {
    const old = { ...here, version: 1, fields: { ...here.fields, content: 'a' } }
    const taken = takeInRestored(clean(changed(here, { content: 'a\nb\nc' }, T0 + 2000)), old, T0)
    expect(taken.entry?.uprooted).toBe(true)
    const theirs = { ...changed(here, { content: 'a\nc' }, T0 + 1000), version: 2 }
    const met = takeIn(taken, theirs, T0)
    expect(met.record?.fields.content).toBe('a\nb\nc')
    expect(met.lost).toMatchObject([{ field: 'content', value: 'a\nc', side: 'remote' }])
    const third = takeIn(met, { ...changed(here, { content: 'a\nb' }, T0 + 1500), version: 3 }, T0)
    expect(third.record?.fields.content).toBe('a\nb\nc')
  })

  test('P3: once it is applied, what comes is merged on it again', () => {
    const old = {
      ...here,
      version: 1,
      fields: { ...here.fields, content: '' },
      stamps: { content: T0 - 1000 },
    }
    const taken = takeInRestored(clean(here), old, T0)
    const record = changed(taken.record ?? here, { content: 'ours\nand more' })
    const entry = taken.entry && freeze(taken.entry, taken.base, taken.record ?? here, idOf(900))
    const sent = { ...here, version: 2 }
    const outcome = { id: idOf(900), outcome: 'applied', version: 2, seq: 9, record: sent } as const
    const landed = settle({ record, base: taken.base, entry }, outcome, T0, 0.5)
    expect(landed.entry?.uprooted).toBe(false)
    const met = takeIn(landed, remote(sent, { content: 'theirs first\nours' }, 3), T0)
    expect(met.record?.fields.content).toBe('theirs first\nours\nand more')
  })

  test('what lies in this device’s Trash and was deleted for good there stays in the Trash', () => {
    const trashed = changed(here, { deleted: true })
    const tombstone = { ...here, version: 9, fields: { deleted: true, purged: true }, stamps: { purged: T0 } }
    const { record, returned } = takeInRestored(clean(trashed), tombstone, T0)
    expect(record?.fields).toMatchObject({ content: 'ours', deleted: true, purged: false })
    expect(returned).toBe(false)
  })

  test('P5 deleted for good on both, it stays so on both: nothing comes back, empty, into anybody’s Trash', () => {
    const tombstone = {
      ...here,
      fields: { deleted: true, purged: true },
      stamps: { deleted: T0, purged: T0 },
    }
    for (const version of [1, 3, 9]) {
      const theirs = { ...tombstone, version }
      expect(takeInRestored(clean({ ...tombstone, version: 3 }), theirs, T0)).toMatchObject({
        ...clean(theirs),
        lost: [],
      })
    }
  })

  test('one in the Trash goes there whole too, into its Trash', () => {
    const trashed = changed(here, { deleted: true })
    const { record, base, entry } = sendWhole(clean(trashed), T0)
    expect(entry).not.toBe(null)
    expect(base).toBe(null)
    expect(record && difference(base, record)).toEqual(trashed.fields)
    expect(record && isSettled(base, record)).toBe(false)
  })

  test('a tombstone that it lacks is forgotten: another device may send the record at a lower version', () => {
    const tombstone = { ...here, fields: { deleted: true, purged: true } }
    expect(sendWhole(clean(tombstone), T0)).toEqual(nothing)
  })

  test('what it never had stays as it is', () => {
    const created = dirty(null, note('new', { version: 0 }))
    expect(sendWhole(created, T0)).toEqual(created)
  })
})
