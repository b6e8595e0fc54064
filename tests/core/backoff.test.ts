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

  describe('P9: a herd of a thousand devices is spread', () => {
    const HERD = 1000
    /** A random number in [0, 1) from a seed (mulberry32). */
    const randomFrom = (seed: number) => () => {
      seed = (seed + 0x6d2b79f5) | 0
      let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296
    }
    /** The greatest share of them that comes within one quarter of a second. */
    const crowd = (times: readonly number[]): number => {
      const buckets = new Map<number, number>()
      for (const at of times) buckets.set(Math.floor(at / 250), (buckets.get(Math.floor(at / 250)) ?? 0) + 1)
      return Math.max(...buckets.values()) / times.length
    }
    /** When each first sends after `back`, where the server failed for all of them in one moment. */
    function returns(back: number, failure: Failure): number[] {
      const random = randomFrom(back)
      return Array.from({ length: HERD }, () => {
        let row: ConnectionRow = FINE
        let at = 0
        while (at < back) {
          row = afterFailure(row, failure, T0 + at, random())
          at += untilNextSend(row, T0 + at) ?? 0
        }
        return at
      })
    }

    test.each([10_000, 60_000, 600_000, 3600_000])(
      'after an outage of %i ms no 250 ms see more than a tenth of them',
      (back) => {
        const times = returns(back, CUT)
        expect(crowd(times)).toBeLessThanOrEqual(0.1)
        expect(Math.max(...times)).toBeLessThanOrEqual(back + 360_000)
      },
    )

    test('told one Retry-After, be it one date for all, they do not come in one moment, nor early', () => {
      const times = returns(60_000, { is: 'busy', after: 60_000 })
      expect(crowd(times)).toBeLessThanOrEqual(0.1)
      expect(Math.min(...times)).toBeGreaterThanOrEqual(60_000)
    })
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
    expect(untilNextSend(asked, T0)).toBe(3602_500)
    expect(untilNextSend(hastened(asked, T0), T0)).toBe(3602_500)
    expect(untilNextSend(asked, T0 + 3602_500)).toBe(0)
    const waiting = afterFailure(FINE, CUT, T0, 0.5)
    expect(untilNextSend(hastened(waiting, T0), T0)).toBe(0)
  })

  test('Retry-After of a 503 counts, and a shorter one does not shorten the round', () => {
    const row = afterFailure(FINE, { is: 'server', status: 503, after: 60_000 }, T0, 0.5)
    expect(untilNextSend(row, T0)).toBe(62_500)
    expect(untilNextSend(afterFailure(FINE, { is: 'server', status: 503, after: 10 }, T0, 0), T0)).toBe(800)
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
