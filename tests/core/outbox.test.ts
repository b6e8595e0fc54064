import { describe, expect, test } from 'vitest'
import {
  difference,
  ENTRY_FORMAT,
  type Entry,
  enqueue,
  freeze,
  isDue,
  isSendable,
  isSettled,
  waitOf,
} from '../../src/core/outbox.ts'
import { choke } from '../../src/core/settle.ts'
import { changed, dirty, flying, idOf, note, T0 } from '../support/device-records.ts'

const base = note('one', { version: 3 })
const local = changed(base, { content: 'one!' })

/** The entry after keys at these moments. */
function typing(...moments: number[]): Entry {
  let entry: Entry | null = null
  for (const at of moments) entry = enqueue(entry, local, at, 'typing')
  if (!entry) throw new Error('no key')
  return entry
}

describe('outbox, waiting', () => {
  test('P9: text goes 2 s after the last key', () => {
    const entry = typing(T0, T0 + 500, T0 + 900)
    expect(isDue(entry, T0 + 2899)).toBe(false)
    expect(isDue(entry, T0 + 2900)).toBe(true)
  })

  test('P9: and 10 s after the first at the most, however long one types', () => {
    const keys = Array.from({ length: 160 }, (_, i) => T0 + i * 60)
    expect(isDue(typing(...keys), T0 + 9999)).toBe(false)
    expect(isDue(typing(...keys), T0 + 10_000)).toBe(true)
    expect(typing(...keys).wait).toEqual({ start: T0, length: 10_000 })
  })

  test('200 keys 60 ms apart are due at most twice while one types', () => {
    let entry: Entry | null = null
    let sends = 0
    for (let i = 0; i < 200; i++) {
      const now = T0 + i * 60
      if (entry && isDue(entry, now)) {
        sends++
        entry = { ...entry, wait: null }
      }
      entry = enqueue(entry, local, now, 'typing')
    }
    expect(sends).toBeLessThanOrEqual(1)
  })

  test('everything but typing goes at once, also what was waiting', () => {
    expect(isDue(enqueue(null, local, T0, 'at-once'), T0)).toBe(true)
    expect(isDue(enqueue(typing(T0), local, T0 + 1, 'at-once'), T0 + 1)).toBe(true)
  })

  test('trace 15: with the clock set back a waiting entry is due', () => {
    expect(isDue(typing(T0), T0 - 86_400_000)).toBe(true)
  })

  test('P9: one entry a record, as old as its oldest change', () => {
    const entry = typing(T0, T0 + 700, T0 + 1400)
    expect(entry).toMatchObject({ id: base.id, since: T0, format: 1, flight: null })
  })

  test('an unsettled mutation is due at once, a refused entry never, one of a newer format never', () => {
    const held = flying(base, local)
    expect(isDue(held.entry, T0)).toBe(true)
    expect(waitOf(held.entry)).toBe(null)
    const refused: Entry = {
      ...held.entry,
      flight: null,
      state: { is: 'refused', code: 'x', message: 'y', at: T0 },
    }
    expect(isDue(refused, T0 + 1e9)).toBe(false)
    expect(isSendable({ ...held.entry, format: ENTRY_FORMAT + 1 })).toBe(false)
    expect(isDue({ ...held.entry, format: ENTRY_FORMAT + 1 }, T0)).toBe(false)
  })

  test('P8: what the server chokes on waits for itself, ever longer, up to 5 minutes', () => {
    let entry = flying(base, local).entry
    const lengths = Array.from({ length: 7 }, () => {
      entry = choke(entry, 'x', T0, 0.5)
      return waitOf(entry)?.length
    })
    expect(lengths).toEqual([15_000, 30_000, 60_000, 120_000, 240_000, 300_000, 300_000])
    expect(isDue(entry, T0 + 299_999)).toBe(false)
    expect(isDue(entry, T0 + 300_000)).toBe(true)
  })
})

describe('outbox, what is sent', () => {
  test('a change sends the changed fields with their stamps, on the version it was made on', () => {
    const { mutation, sent } = flying(base, local).entry.flight ?? {}
    expect(mutation).toEqual({
      id: idOf(900),
      record: base.id,
      kind: 'note',
      on: 3,
      above: 3,
      fields: { content: 'one!' },
      stamps: { content: T0 + 1000 },
    })
    expect(sent).toEqual(local)
  })

  test('a create, edits and all, is one create of every field on version 0', () => {
    const created = changed({ ...local, version: 0 }, { title: 'x' })
    const { mutation } = flying(null, created).entry.flight ?? {}
    expect(mutation).toMatchObject({ on: 0, above: 0, fields: created.fields })
  })

  test('trace 12: a record that the server lacks goes whole, its version going on above the one seen', () => {
    const { mutation } = flying(null, local).entry.flight ?? {}
    expect(mutation).toMatchObject({ on: 0, above: 3, fields: local.fields })
  })

  test('freezing does not change what is due after it: later edits are another mutation', () => {
    const entry = freeze(dirty(base, local).entry, base, local, idOf(900))
    const later = enqueue(entry, changed(local, { content: 'two' }), T0 + 5000, 'typing')
    expect(later.flight).toBe(entry.flight)
    expect(later.wait).toEqual({ start: T0 + 5000, length: 2000 })
  })

  test('nothing to send: as the server has it, tags in another order, deleted both, a create that was deleted', () => {
    const tagged = note('x', { fields: { ...base.fields, tags: ['a', 'b'] } })
    expect(isSettled(base, base)).toBe(true)
    expect(isSettled(tagged, changed(tagged, { tags: ['b', 'a'] }))).toBe(true)
    expect(isSettled(base, changed(base, { deleted: false }))).toBe(true)
    expect(isSettled(null, { ...changed(base, { deleted: true }), version: 0 })).toBe(true)
    expect(isSettled(null, base)).toBe(false)
    expect(isSettled(base, local)).toBe(false)
  })

  test('seed 128: deleted here, and forgotten by a restored server: it is not taken for clean, and goes there whole', () => {
    const trashed = changed(base, { deleted: true })
    expect(trashed.version).toBeGreaterThan(0)
    expect(isSettled(null, trashed)).toBe(false)
    const { mutation } = freeze(dirty(null, trashed).entry, null, trashed, idOf(900)).flight ?? {}
    expect(mutation).toMatchObject({ on: 0, above: trashed.version, fields: trashed.fields })
  })

  test('purging sends that it is gone and nothing of what it was', () => {
    const purged = { ...base, fields: { deleted: true, purged: true } }
    expect(difference(changed(base, { deleted: true }), purged)).toEqual({ deleted: true, purged: true })
    expect(isSettled(purged, purged)).toBe(true)
  })

  test('trace 10: an edit of what the server chokes on voids the frozen mutation; an edit of what it refused retries', () => {
    const choked = choke(flying(base, local).entry, 'x', T0, 0.5)
    const edited = enqueue(choked, changed(local, { content: 'fine' }), T0 + 1, 'typing')
    expect(edited).toMatchObject({
      state: { is: 'ready' },
      flight: { void: true, mutation: { id: idOf(900) } },
    })
    const refused: Entry = {
      ...dirty(base, local).entry,
      state: { is: 'refused', code: 'x', message: 'y', at: T0 },
    }
    expect(enqueue(refused, local, T0 + 1, 'typing')).toMatchObject({ state: { is: 'ready' }, flight: null })
    expect(enqueue(flying(base, local).entry, local, T0 + 1, 'typing').flight?.void).toBe(false)
  })
})
