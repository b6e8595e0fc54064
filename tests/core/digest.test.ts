import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/core/digest.ts'
import type { Json } from '../../src/core/records.ts'

const KEY = '0198c2a0-7b1e-7c3d-9a41-0f3e5d6c7b8a'
const value = fc.jsonValue() as fc.Arbitrary<Json>

describe('P10, P11: keyed digests of the sync log', () => {
  test('equal values have equal digests, others have others', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b)
        return (digestOf(KEY, a) === digestOf(KEY, b)) === same
      }),
    )
  })

  test('without the key nobody tells a yes from a no: each key has its own, far apart', () => {
    const seen = new Set<string>()
    for (let n = 0; n < 2000; n++) {
      const key = KEY.slice(0, -4) + n.toString(16).padStart(4, '0')
      for (const known of [true, false, '', 'a', 'b']) seen.add(digestOf(key, known))
    }
    expect(seen.size).toBe(10_000)
  })

  test('one letter, wherever, changes half of the bits on average', () => {
    const bits = (text: string): bigint =>
      [...digestOf(KEY, text)].reduce((sum, sign) => sum * 36n + BigInt(Number.parseInt(sign, 36)), 0n)
    let changed = 0
    let samples = 0
    for (const length of [1, 8, 40])
      for (let at = 0; at < length; at++)
        for (const other of ['b', 'c', 'á']) {
          const text = 'a'.repeat(length)
          const differ = bits(text) ^ bits(text.slice(0, at) + other + text.slice(at + 1))
          changed += [...differ.toString(2)].filter((bit) => bit === '1').length / 64
          samples++
        }
    expect(changed / samples).toBeGreaterThan(0.4)
    expect(changed / samples).toBeLessThan(0.6)
  })

  test('it says nothing of the length, and a MiB takes no noticeable time', () => {
    expect(digestOf(KEY, 'x'.repeat(1024 * 1024)).length).toBeLessThanOrEqual(14)
    expect(digestOf(KEY, '').length).toBeGreaterThanOrEqual(9)
  })
})
