import { describe, expect, test } from 'vitest'
import { difference } from '../../src/core/outbox.ts'
import { keep, remove, tooManyToVanish, vanishes } from '../../src/core/vanish.ts'
import { changed, clean, dirty, note, nothing, remote } from '../support/device-records.ts'

const here = note('ours', { version: 2 })
const tombstone = { ...here, version: 4, fields: { deleted: true, purged: true }, stamps: { deleted: 9 } }
const trashed = changed(here, { deleted: true })

describe('what would vanish', () => {
  test('a clean record, in the Trash or not, whose content is gone for good elsewhere', () => {
    expect(vanishes(clean(here), tombstone)).toBe(true)
    expect(vanishes(clean(trashed), tombstone)).toBe(true)
    // Emptied by the server, but never in the Trash here: a person is asked.
    expect(vanishes(clean(here), { ...tombstone, by: [{ account: '', device: '' }] })).toBe(true)
  })

  test.each([
    ['a dirty record: the edit wins', dirty(here, changed(here, { content: 'x' })), tombstone],
    [
      'a record moved to the Trash elsewhere: its content stays',
      clean(here),
      remote(here, { deleted: true }),
    ],
    [
      'what lay in the Trash here, and the server has emptied out of it',
      clean(trashed),
      { ...tombstone, by: [{ account: '', device: '' }] },
    ],
    ['what is in this device’s Trash alone, given up', clean({ ...trashed, version: 0 }), tombstone],
    ['a tombstone', clean(tombstone), { ...tombstone, version: 5 }],
    ['what is not here', nothing, tombstone],
    ['a record newer than the tombstone', clean({ ...here, version: 4 }), tombstone],
  ])('not %s', (_, held, change) => expect(vanishes(held, change)).toBe(false))

  test('trace 32: only more than 20 and more than a fifth are too many', () => {
    expect([tooManyToVanish(20, 21), tooManyToVanish(21, 105), tooManyToVanish(21, 104)]).toEqual([
      false,
      false,
      true,
    ])
  })
})

describe('a person’s answer', () => {
  test('yes takes the tombstone in; what the server no longer names just goes', () => {
    expect(remove(tombstone)).toEqual(clean(tombstone))
    expect(remove(null)).toEqual(nothing)
  })

  test('no sends it whole on the tombstone, so that its version goes on above', () => {
    const kept = keep(clean(here), tombstone, 0)
    expect(kept).toMatchObject({ record: { version: 4 }, base: tombstone, entry: { wait: { length: 0 } } })
    expect(kept.record && difference(kept.base, kept.record)).toEqual({
      ...here.fields,
      deleted: false,
      purged: false,
    })
  })

  test('no keeps in the Trash what was in the Trash', () => {
    const kept = keep(clean(trashed), tombstone, 0)
    const { deleted: _, ...content } = trashed.fields
    expect(kept.record && difference(kept.base, kept.record)).toEqual({ ...content, purged: false })
  })

  test('no sends what the server no longer names as new, above its version here', () => {
    expect(keep(clean(here), null, 0)).toMatchObject({ record: here, base: null, entry: { id: here.id } })
  })

  test('an edit keeps its own time to be sent; deleting for good is a word too', () => {
    const edited = dirty(here, changed(here, { content: 'x' }))
    const typing = { ...edited, entry: { ...edited.entry, wait: { start: 5, length: 2000 } } }
    expect(keep(typing, tombstone, 9)).toMatchObject({
      record: { fields: { content: 'x' } },
      entry: { wait: { start: 5, length: 2000 } },
    })
    const purged = dirty(here, { ...here, fields: { deleted: true, purged: true } })
    expect(keep(purged, tombstone, 9)).toEqual(clean(tombstone))
  })
})
