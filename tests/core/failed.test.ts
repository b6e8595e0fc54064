import { describe, expect, test } from 'vitest'
import { discard, retry } from '../../src/core/failed.ts'
import { enqueue, freeze } from '../../src/core/outbox.ts'
import type { Outcome } from '../../src/core/protocol.ts'
import { choke, type Held, settle, takeIn } from '../../src/core/settle.ts'
import { changed, dirty, flying, idOf, note, remote, T0 } from '../support/device-records.ts'

const id = idOf(900)
const base = note('one', { version: 3 })
const mine = changed(base, { content: 'two' })
const wire = (of: typeof base) => ({ ...of, fields: { ...of.fields }, stamps: { ...of.stamps } })
type Told = Exclude<Outcome, { outcome: 'duplicate' }>
const told = (held: Held, outcome: Told) => settle(held, outcome, T0 + 9000, 0.5)
const rejected: Told = { id, outcome: 'rejected', code: 'invalid', message: 'no' }
/** A create or edit with its mutation frozen, on which the server chokes. */
function choked(held: ReturnType<typeof flying>): Held {
  return { ...held, entry: choke(held.entry, 'fault', T0, 0.5) }
}

describe('retry', () => {
  test('trace 36: what was refused goes as a new mutation, at once', () => {
    const { entry } = told(flying(base, mine), rejected)
    expect(entry && retry(entry, T0)).toMatchObject({
      state: { is: 'ready' },
      flight: null,
      wait: { start: T0, length: 0 },
    })
  })

  test('P3 what is unsettled goes again under its old id', () => {
    const { entry } = choked(flying(base, mine))
    expect(entry && retry(entry, T0)).toMatchObject({ state: { is: 'ready' }, flight: { mutation: { id } } })
  })
})

describe('discard', () => {
  test('P4 a refused change goes back to the server’s record, its values to history', () => {
    const gone = discard(told(flying(base, mine), rejected), T0)
    expect(gone).toMatchObject({ record: base, base: null, entry: null })
    expect(gone.lost).toEqual([
      { field: 'content', value: 'two', stamp: T0 + 1000, side: 'local', why: 'discarded' },
    ])
  })

  test('P4 a record the server never had goes to the Trash with all its text', () => {
    const gone = discard(dirty(null, note('draft', { version: 0 })), T0)
    expect(gone).toMatchObject({ entry: null, record: { fields: { content: 'draft', deleted: true } } })
  })

  test('P4 what was deleted for good elsewhere goes to this device’s Trash with its text: no history of it would be shown', () => {
    const tombstone = { ...base, version: 5, fields: { deleted: true, purged: true } }
    const gone = discard(dirty(tombstone, mine), T0)
    expect(gone).toMatchObject({
      record: { version: 0, fields: { content: 'two', deleted: true } },
      base: null,
      entry: null,
    })
    const purged = { ...mine, fields: { deleted: true, purged: true } }
    expect(discard(dirty(tombstone, purged), T0).record).toBe(tombstone)
    // Said again by a fresh read, the deletion takes nothing of it.
    expect(takeIn(gone, tombstone, T0)).toMatchObject({ record: gone.record, entry: null, lost: [] })
  })

  test('P12 P5 one that a restored server has lost goes back to what that had, and there whole', () => {
    const gone = discard({ ...dirty({ ...base, version: 0 }, mine) }, T0)
    expect(gone).toMatchObject({ record: { version: 3, fields: base.fields }, base: null })
    expect(gone.lost.map(({ value }) => value)).toEqual(['two'])
    expect(gone.entry && gone.record && freeze(gone.entry, gone.base, gone.record, id).flight).toMatchObject({
      mutation: { on: 0, above: 3, fields: base.fields },
    })
  })

  test('P12 P5 one sent whole to a server that never took it shows as on this device alone, and drops nothing newer', () => {
    for (const held of [dirty(null, base), dirty({ ...base, version: 0 }, base)]) {
      const gone = discard(held, T0)
      expect(gone).toMatchObject({ record: { version: 0, fields: { deleted: true } }, entry: null })
      const older = { ...base, version: 2 }
      expect(takeIn(gone, older, T0).record?.version).toBe(2)
    }
    const purged = { ...base, fields: { deleted: true, purged: true } }
    expect(discard(dirty(null, purged), T0)).toMatchObject({ record: null, entry: null })
  })

  test('trace 10: a frozen mutation is voided first; void, the change goes and nothing returns', () => {
    const asked = discard(choked(flying(base, mine)), T0)
    expect(asked).toMatchObject({ record: mine, entry: { state: { is: 'ready' }, flight: { void: true } } })
    const gone = told(asked, { id, outcome: 'void' })
    expect(gone).toMatchObject({ record: base, entry: null })
    expect(gone.lost.map(({ value }) => value)).toEqual(['two'])
  })

  test('trace 10: applied before it could be voided, the record is what the server has', () => {
    const asked = discard(choked(flying(base, mine)), T0)
    const now = remote(mine, {}, 4)
    expect(told(asked, { id, outcome: 'applied', version: 4, seq: 9, record: wire(now) })).toMatchObject({
      record: { version: 4, fields: { content: 'two' } },
      entry: null,
    })
  })

  test('a conflict meanwhile leaves the other side’s record, ours in history', () => {
    const theirs = remote(base, { content: 'three' }, 4)
    const gone = told(discard(choked(flying(base, mine)), T0), {
      id,
      outcome: 'conflict',
      record: wire(theirs),
    })
    expect(gone).toMatchObject({ record: { fields: theirs.fields }, entry: null })
    expect(gone.lost.map(({ value }) => value)).toContain('two')
  })

  test('an edit while it is being voided takes the discarding back', () => {
    const asked = discard(choked(flying(base, mine)), T0)
    const more = changed(mine, { content: 'two and more' }, T0 + 2000)
    const edited = { ...asked, record: more, entry: enqueue(asked.entry, more, T0 + 2000, 'at-once') }
    expect(told(edited, { id, outcome: 'void' })).toMatchObject({
      record: { fields: { content: 'two and more' } },
      entry: { flight: null },
    })
  })

  test('P12: Retry is no edit: what chokes again is not voided for it', () => {
    const held = flying(base, mine)
    const again = { ...held, entry: retry(choke(held.entry, 'x', T0, 0), T0 + 1000) }
    const chokedAgain = told(again, { id, outcome: 'error', message: 'boom' })
    expect(chokedAgain.entry).toMatchObject({ state: { is: 'choked', attempts: 2 }, flight: { void: false } })
  })
})
