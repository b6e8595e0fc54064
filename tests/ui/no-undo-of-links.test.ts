import { describe, expect, test } from 'vitest'
import { settleDuplicate } from '../../src/core/duplicate.ts'
import type { Fields, RecordState } from '../../src/core/records.ts'
import { type PutAside, takeIn } from '../../src/core/settle.ts'
import { type Entry, timelineOf } from '../../src/ui/timeline.ts'
import { card, changed, clean, dirty, flying, idOf, nothing, T0 } from '../support/device-records.ts'

const U = 'https://a.example/'
const MINE: Fields = { title: 'Mine', description: 'Mine too', tags: ['m'], pinned: true }
const THEIRS: Fields = { title: 'Theirs', description: 'Theirs too', tags: ['t'], pinned: false }
const existing = card(U, THEIRS, { id: idOf(1), version: 3 })
const created = card(U, MINE, { id: idOf(2), version: 0 })

/** What the history panel shows of what this device put aside. */
function shown(record: RecordState | null, lost: readonly PutAside[]): readonly Entry[] {
  if (!record) throw new Error('nothing is left of it')
  const rows = lost.map((one, key) => ({ ...one, recordId: record.id, at: T0 + 60_000, key })).reverse()
  return timelineOf({ record, versions: [], more: false, rows, offset: 0, account: 'ada', device: 'here' })
}

describe('P3 trace 11i: two cards of one link that became one offer no Undo this merge', () => {
  test.each([
    ['already here', clean(existing)],
    ['not read yet', nothing],
  ])('the other %s: what lost is shown, and restored by itself', (_, held) => {
    const outcome = settleDuplicate(flying(null, created), held, existing, T0)
    if (outcome.is !== 'merged') throw new Error(outcome.is)
    const { record, lost } = outcome.existing
    const entries = shown(record, lost)
    expect(entries.filter(({ undo }) => undo !== null)).toEqual([])
    // It is not for want of anything that could be put back.
    expect(entries.map(({ fields }) => fields.title)).toContain('Mine')
  })

  test('what two devices changed in one card does', () => {
    const begun = card(U, {}, { id: idOf(1), version: 2 })
    const there = { ...changed(begun, THEIRS, T0 + 2000), version: 3 }
    const { record, lost } = takeIn(dirty(begun, changed(begun, MINE)), there, T0)
    expect(shown(record, lost).some(({ undo }) => undo !== null)).toBe(true)
  })
})
