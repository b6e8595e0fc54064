import { describe, expect, test } from 'vitest'
import { sendWhole, takeInRestored, tooManyToVanish } from '../../src/core/reread.ts'
import { changed, clean, dirty, flying, note, nothing, remote, T0 } from '../support/device-records.ts'

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

  test('a mutation that is unsettled parks it, whatever its version', () => {
    const held = flying(here, changed(here, { content: 'x' }))
    expect(takeInRestored(held, { ...here, version: 5 }, T0)).toMatchObject({
      record: held.record,
      entry: { parked: { version: 5 } },
    })
  })

  test('trace 8b, d: a clean record that it lacks goes there whole; one in the Trash stays here', () => {
    expect(sendWhole(clean(here), T0)).toMatchObject({
      record: here,
      base: null,
      entry: { wait: { length: 0 } },
    })
    expect(sendWhole(clean(changed(here, { deleted: true })), T0).entry).toBe(null)
    const edited = dirty(here, changed(here, { content: 'x' }))
    expect(sendWhole(edited, T0)).toEqual({ ...edited, base: null })
  })

  test('trace 32: only more than 20 and more than a fifth are too many to vanish', () => {
    expect([tooManyToVanish(20, 21), tooManyToVanish(21, 105), tooManyToVanish(21, 104)]).toEqual([
      false,
      false,
      true,
    ])
  })
})
