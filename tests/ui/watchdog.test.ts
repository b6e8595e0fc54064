import { describe, expect, test } from 'vitest'
import type { ConnectionRow } from '../../src/core/backoff.ts'
import { type Entry, inConflict } from '../../src/core/outbox.ts'
import { PROTOCOL_VERSION } from '../../src/core/protocol.ts'
import { choke } from '../../src/core/settle.ts'
import type { LibraryRow } from '../../src/store/schema.ts'
import { type Facts, summarize, untilAlarm, viewOf } from '../../src/ui/summary.ts'
import { clockTime } from '../../src/ui/words.ts'
import { dirty, flying, note } from '../support/device-records.ts'

const NOON = new Date(2026, 4, 4, 12, 0).getTime()
const MINUTE = 60_000
const library: LibraryRow = {
  ...{ key: 'library', id: 'x', cursor: 0, mark: null, reread: null, lastSynced: null },
  account: { id: 'ada', email: 'ada@example.com' },
}
/** A change of half an hour ago, at noon. */
function summary(connection: ConnectionRow, { since = NOON - 30 * MINUTE, online = true, offset = 0 } = {}) {
  const entry = { ...dirty(null, note('text')).entry, since }
  const facts: Facts = {
    state: {
      ...{ library, connection, offset, entries: [entry], records: 1 },
      ...{ signOutPending: false },
    },
    ...{ running: false, online, background: 'granted', now: NOON },
  }
  return summarize(facts, 1, new Map())
}
const failing = (why: string, asked: number | null): ConnectionRow => ({
  ...{ is: 'failing', since: NOON - 30 * MINUTE, sends: 1, rounds: 0, why },
  wait: { start: NOON - MINUTE, length: 1000 },
  asked: asked === null ? null : { start: NOON - MINUTE, length: asked },
})

describe('P12 this device’s clock against the server’s', () => {
  const said = (offset: number) => summary({ is: 'fine' }, { offset }).clockText
  test.each([
    [-60 * MINUTE, 'This device’s clock is 60 min ahead; it was not used.'],
    [24 * 60 * MINUTE, 'This device’s clock is 1440 min behind; it was not used.'],
    [-3 * MINUTE, 'This device’s clock is 3 min ahead; it was not used.'],
  ])('off by %i ms it says so', (offset, words) => expect(said(offset)).toBe(words))
  test('of what is within the two minutes that the server lets pass nothing is said', () => {
    for (const offset of [0, 2 * MINUTE, -2 * MINUTE]) expect(said(offset)).toBeNull()
  })
})

describe('the watchdog: online, signed in, and a change older than two minutes', () => {
  test('trace 15: a clock that was set back does not keep it quiet', () => {
    const { alarm } = summary({ is: 'fine' }, { since: NOON + 24 * 60 * MINUTE })
    expect(alarm).toMatch(/^1 change has waited for a while although the server answers/)
  })

  test('a long Retry-After is a reason, and until when', () => {
    expect(summary(failing('busy', 61 * MINUTE)).alarm).toBe(
      `1 change has waited since ${clockTime(NOON - 30 * MINUTE)}. The server asked to wait until ${clockTime(NOON + 60 * MINUTE)}; then it is tried again by itself.`,
    )
  })

  test('so is any other failure, and a version that the server does not take', () => {
    expect(summary(failing('server 503', null)).alarm).toMatch(
      /\. The server has a fault \(503\)\. It is tried again/,
    )
    const tooOld = summary({ is: 'too-old', since: NOON - 30 * MINUTE, protocol: 1 })
    expect(tooOld.alarm).toMatch(/versions that do not fit\.$/)
    expect(tooOld.tooOld).toBe(true)
  })

  test('a younger change, no network, or no session: nothing of that', () => {
    expect(summary(failing('busy', 61 * MINUTE), { since: NOON - MINUTE }).alarm).toBeNull()
    expect(summary(failing('busy', 61 * MINUTE), { online: false }).alarm).toBeNull()
    expect(summary({ is: 'signed-out', since: NOON, why: 'signed-out' }).alarm).toBeNull()
    expect(summary({ is: 'fine' }).tooOld).toBe(false)
  })
})

describe('when the watchdog has one more change to name', () => {
  const { entry } = dirty(null, note('text'))
  const made = (since: number): Entry => ({ ...entry, since })
  const facts = (entries: readonly Entry[], now = NOON): Facts => ({
    state: {
      ...{ library, connection: { is: 'fine' }, offset: 0, entries: [...entries], records: entries.length },
      ...{ signOutPending: false },
    },
    ...{ running: false, online: true, background: 'granted', now },
  })
  const alarm = (...args: Parameters<typeof facts>) => summarize(facts(...args), 1, new Map()).alarm

  test('in so many ms, at which it names it and not one sooner', () => {
    const entries = [made(NOON - MINUTE)]
    const ms = untilAlarm(facts(entries)) ?? 0
    expect(ms).toBe(MINUTE + 1)
    expect(alarm(entries, NOON + ms - 1)).toBeNull()
    expect(alarm(entries, NOON + ms)).toMatch(/^1 change has waited since/)
  })

  test('of several the next, be one named already', () => {
    const entries = [made(NOON), made(NOON - 30 * MINUTE), made(NOON - 30_000)]
    expect(alarm(entries)).toMatch(/^1 change has waited/)
    const ms = untilAlarm(facts(entries)) ?? 0
    expect(ms).toBe(90_001)
    expect(alarm(entries, NOON + ms)).toMatch(/^2 changes have waited/)
  })

  test('never where nothing waits, or all of it is named', () => {
    expect(untilAlarm(facts([]))).toBeNull()
    expect(untilAlarm(facts([made(NOON - 30 * MINUTE)]))).toBeNull()
  })

  test('never for what waits for a person, a refused change and a conflict, however long it does', () => {
    const refused: Entry = {
      ...made(NOON),
      state: { is: 'refused', code: 'invalid', message: 'Too long.', at: NOON },
    }
    const entries = [refused, inConflict(made(NOON), { content: 'text' }, NOON)]
    expect(untilAlarm(facts(entries))).toBeNull()
    expect(alarm(entries, NOON + 30 * MINUTE)).toBeNull()
    expect(untilAlarm(facts([...entries, made(NOON)]))).toBe(2 * MINUTE + 1)
  })

  test('trace 15: at once where the clock was set back, so that nobody waits for the day it came from', () => {
    const entries = [made(NOON + 24 * 60 * MINUTE)]
    expect(untilAlarm(facts(entries))).toBeNull()
    expect(alarm(entries)).toMatch(/^1 change has waited for a while/)
  })
})

describe('P11: a time is named only where time alone has it tried again', () => {
  const base = note('one', { version: 3 })
  const mine = { ...base, fields: { ...base.fields, content: 'two' } }
  const { entry } = flying(base, mine)
  const down: ConnectionRow = { ...failing('no-answer', null), rounds: 1 } as ConnectionRow
  const choked = choke(entry, 'server 500', NOON - MINUTE, 0.5)
  const tooOld: ConnectionRow = { is: 'too-old', since: NOON, protocol: PROTOCOL_VERSION }
  const signedOut: ConnectionRow = { is: 'signed-out', since: NOON, why: 'signed-out' }

  test.each([
    ['the server does not answer', down, entry, true, null],
    ['the server chokes on it', { is: 'fine' } as const, choked, true, null],
    ['offline after a round that failed', down, entry, false, 'It goes when the network is back.'],
    ['offline, and it chokes', { is: 'fine' } as const, choked, false, 'It goes when the network is back.'],
    ['signed out', signedOut, choked, true, 'It goes when you sign in again.'],
    ['too old', tooOld, choked, true, 'It goes when you have reloaded Pawkit.'],
  ])('%s', (_, connection, failed, online, waits) => {
    const facts: Facts = {
      state: {
        ...{ library, connection, offset: 0, entries: [failed], records: 1 },
        ...{ signOutPending: false },
      },
      ...{ running: false, online, background: 'granted', now: NOON },
    }
    const { nextTry, failed: changes } = summarize(facts, 1, new Map())
    const { stateText } = viewOf(mine, failed, facts, null)
    expect(changes).toHaveLength(1)
    if (waits === null) {
      expect(changes[0]?.nextTry).toEqual(expect.any(Number))
      expect(stateText).toMatch(/[iI]t is tried again by itself\.$/)
      return
    }
    expect(changes).toMatchObject([{ nextTry: null, waits }])
    expect(nextTry).toBe(null)
    expect(stateText.toLowerCase()).toContain(waits.toLowerCase())
    expect(stateText).not.toContain('by itself')
  })
})
