import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterFailure,
  type ConnectionRow,
  FINE,
  hastened,
  jitter,
  roundFailed,
  untilNextSend,
} from '../../src/core/backoff.ts'
import type { Failure } from '../../src/core/failure.ts'
import { T0 } from '../support/device-records.ts'

const CUT: Failure = { is: 'no-answer', why: 'cut' }

/** The waits after each of `count` failures, sent as soon as each wait is over. */
function waits(count: number, failure: Failure = CUT, random = 0.5): number[] {
  let row: ConnectionRow = FINE
  let now = T0
  return Array.from({ length: count }, () => {
    row = afterFailure(row, failure, now, random)
    const wait = untilNextSend(row, now) ?? -1
    now += wait
    return wait
  })
}

describe('backoff', () => {
  test('P9: a round is three sends, at once, after 1 s, after 5 s; rounds grow from 15 s to 5 minutes and no further', () => {
    expect(waits(3)).toEqual([1000, 5000, 15_000])
    const between = waits(24).filter((_, i) => i % 3 === 2)
    expect(between).toEqual([15_000, 30_000, 60_000, 120_000, 300_000, 300_000, 300_000, 300_000])
  })

  test('P9: each wait is times 0.8 to 1.2', () => {
    expect(waits(3, CUT, 0)).toEqual([800, 4000, 12_000])
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 300_000 }),
        (random, length) => {
          const ms = jitter(length, random)
          return ms >= Math.round(length * 0.8) && ms <= Math.round(length * 1.2)
        },
      ),
    )
  })

  test('P9: a thousand devices come back spread over the whole range, not in one moment', () => {
    const bins = new Set(
      Array.from({ length: 1000 }, (_, i) => Math.floor((jitter(5000, i / 1000) - 4000) / 200)),
    )
    expect(bins.size).toBeGreaterThanOrEqual(10)
  })

  test('entries show as failed only after a whole round, until something goes through', () => {
    let row = afterFailure(FINE, CUT, T0, 0.5)
    expect(roundFailed(row)).toBe(false)
    row = afterFailure(row, CUT, T0, 0.5)
    expect(roundFailed(row)).toBe(false)
    row = afterFailure(row, CUT, T0, 0.5)
    expect(roundFailed(row)).toBe(true)
    row = afterFailure(row, CUT, T0, 0.5)
    expect(roundFailed(row)).toBe(true)
    expect(roundFailed(FINE)).toBe(false)
  })

  test('an outage keeps the time at which it began', () => {
    const first = afterFailure(FINE, CUT, T0, 0.5)
    expect(afterFailure(first, CUT, T0 + 9000, 0.5)).toMatchObject({ since: T0 })
  })

  test('trace 14: Sync now ends the wait but never what Retry-After asked for', () => {
    const asked = afterFailure(FINE, { is: 'busy', after: 3600_000 }, T0, 0.5)
    expect(untilNextSend(asked, T0)).toBe(3600_000)
    expect(untilNextSend(hastened(asked, T0), T0)).toBe(3600_000)
    expect(untilNextSend(asked, T0 + 3600_000)).toBe(0)
    const waiting = afterFailure(FINE, CUT, T0, 0.5)
    expect(untilNextSend(hastened(waiting, T0), T0)).toBe(0)
  })

  test('Retry-After of a 503 counts, and a shorter one does not shorten the round', () => {
    const row = afterFailure(FINE, { is: 'server', status: 503, after: 60_000 }, T0, 0.5)
    expect(untilNextSend(row, T0)).toBe(60_000)
    expect(untilNextSend(afterFailure(FINE, { is: 'server', status: 503, after: 10 }, T0, 0.5), T0)).toBe(
      1000,
    )
  })

  test('trace 15: a clock set back ends every wait', () => {
    const row = afterFailure(FINE, { is: 'busy', after: 3600_000 }, T0, 0.5)
    expect(untilNextSend(row, T0 - 1)).toBe(0)
  })

  test('signed out and too old are not waits: time does not end them', () => {
    for (const failure of [{ is: 'signed-out' }, { is: 'other-account' }, { is: 'too-old' }] as const) {
      const row = afterFailure(FINE, failure, T0, 0.5)
      expect(untilNextSend(row, T0 + 1e9)).toBe(null)
      expect(hastened(row, T0)).toBe(row)
    }
    expect(untilNextSend(FINE, T0)).toBe(0)
  })
})
