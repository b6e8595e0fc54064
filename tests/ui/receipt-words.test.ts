import { describe, expect, test } from 'vitest'
import type { Entry } from '../../src/core/outbox.ts'
import type { RecordState } from '../../src/core/records.ts'
import type { LibraryRow } from '../../src/store/schema.ts'
import { briefly, type Facts, viewOf } from '../../src/ui/summary.ts'
import { clockTime } from '../../src/ui/words.ts'
import { dirty, note } from '../support/device-records.ts'

const NOON = new Date(2026, 4, 4, 12, 0).getTime()
const EARLIER = new Date(2026, 4, 4, 8, 2).getTime()
const library: LibraryRow = {
  ...{ key: 'library', id: 'x', cursor: 0, mark: null, reread: null, lastSynced: null },
  account: { id: 'ada', email: 'ada@example.com' },
}
const facts = (account = true, online = true): Facts => ({
  state: {
    ...{ library: account ? library : { ...library, account: null }, connection: { is: 'fine' } },
    ...{ offset: 0, entries: [], records: 0, signOutPending: false },
  },
  ...{ running: false, online, background: 'granted', now: NOON },
})
const text = (
  record: RecordState,
  receipt: { version: number; at: number } | null,
  entry: Entry | null = null,
  of = facts(),
): string => viewOf(record, entry, of, receipt).stateText
const synced = note('text', { version: 17 })

describe('P12 what a record says of the server', () => {
  test('since when, and which version; the day where it was not today', () => {
    const time = clockTime(EARLIER)
    expect(text(synced, { version: 17, at: EARLIER })).toBe(`On the server since ${time} (version 17)`)
    const may = new Date(2026, 4, 3, 8, 2).getTime()
    expect(text(synced, { version: 17, at: may })).toMatch(
      /^On the server since (3 May|May 3), .+ \(version 17\)$/,
    )
    const before = new Date(2025, 4, 4, 8, 2).getTime()
    expect(text(synced, { version: 17, at: before })).toMatch(/2025/)
  })

  test('where there is little room it is the beginning that can stand alone', () => {
    const brief = (...of: Parameters<typeof text>) => briefly(text(...of))
    const { entry } = dirty(synced, note('another', { version: 17 }))
    for (const online of [true, false])
      expect(brief(synced, null, entry, facts(true, online))).toBe('Waiting. Saved on this device')
    expect(briefly('Waiting. Saved on this device, being sent to the server.')).toBe(
      'Waiting. Saved on this device',
    )
    expect(brief(synced, { version: 17, at: EARLIER })).toBe(`On the server since ${clockTime(EARLIER)}`)
    const before = new Date(2025, 4, 4, 8, 2).getTime()
    expect(brief(synced, { version: 17, at: before })).toMatch(/2025, .*\d/)
    expect(brief(note('x', { version: 0 }), null)).toBe('On this device')
    expect(briefly('Saving…')).toBe('Saving…')
  })

  test('without a receipt, or with one of another version, no time is claimed', () => {
    expect(text(synced, null)).toBe('On the server (version 17)')
    expect(text(synced, { version: 16, at: EARLIER })).toBe('On the server (version 17)')
  })

  test('what has changed since waits, whatever the receipt says; without an account it is on this device', () => {
    const receipt = { version: 17, at: EARLIER }
    const { entry } = dirty(synced, note('another', { version: 17 }))
    expect(text(synced, receipt, entry)).toMatch(/^Waiting/)
    expect(text(synced, receipt, entry, facts(true, false))).toMatch(/^Waiting.*network/)
    expect(text(note('x', { version: 0 }), null, null, facts(false))).toBe('On this device')
    expect(text(note('x', { version: 0 }), null)).toBe('On this device')
  })
})
