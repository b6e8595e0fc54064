import { describe, expect, test } from 'vitest'
import { presenceLock, visibleLock } from '../../src/core/session.ts'
import { figures, Judge, type Snapshot } from './judge.ts'

const T0 = 1_800_000_000_000
const [A, B] = ['01a00000-0000-7000-8000-00000000000a', '01a00000-0000-7000-8000-00000000000b']
const HELD = [presenceLock(A), visibleLock(A), presenceLock(B), visibleLock(B)]

const at = (ms: number, rest: Partial<Snapshot> = {}): Snapshot => ({
  at: T0 + ms,
  right: { active: A, epoch: 1 },
  held: HELD,
  writers: [],
  written: [],
  text: '',
  drafts: [],
  ...rest,
})
const wrote = (page: string, epoch: number, number: number) => ({ page, epoch, numbers: { note: number } })

/** What is found in these moments. */
function judged(moments: readonly Snapshot[], frozen: readonly string[] = []): Judge {
  const judge = new Judge(50)
  for (const moment of moments) judge.add(moment, new Set(frozen))
  judge.end()
  return judge
}

describe('what the monitor of many tabs finds', () => {
  test('nothing where each writes under its own epoch', () => {
    const { faults, gaps, writes } = judged([
      at(0),
      at(50, { writers: [wrote('a', 1, 1)], text: 'w1x' }),
      at(100, {
        right: { active: B, epoch: 2 },
        writers: [wrote('a', 1, 2), wrote('b', 2, 1)],
        text: 'w1x w2x',
      }),
      at(1500, {
        right: { active: B, epoch: 2 },
        writers: [wrote('a', 1, 2), wrote('b', 2, 1)],
        text: 'w1x w2x',
        written: [{ at: T0 + 1400, epoch: 1 }],
      }),
    ])
    expect({ faults, gaps, writes }).toEqual({ faults: [], gaps: [], writes: 3 })
  })

  const taken = { right: { active: B, epoch: 2 } }
  test.each<[string, Snapshot[]]>([
    [
      'a write under an epoch that was over',
      [at(0), at(50, taken), at(100, { ...taken, writers: [wrote('a', 1, 1)] })],
    ],
    ['an epoch that falls', [at(0, taken), at(50)]],
    ['an epoch of two sessions', [at(0), at(50, { right: { active: B, epoch: 1 } })]],
    [
      'a page that writes as two sessions',
      [at(0), at(50, { writers: [wrote('a', 1, 1)] }), at(100, { ...taken, writers: [wrote('a', 2, 2)] })],
    ],
    [
      'a line in the log long after its epoch',
      [at(0), at(50, taken), at(19000, { ...taken, written: [{ at: T0 + 18000, epoch: 1 }] })],
    ],
    ['a word that is gone', [at(0, { text: '' }), at(50, { text: 'w1x' }), at(100, { text: 'else' })]],
  ])('%s', (_, moments) => expect(judged(moments).faults).toHaveLength(1))

  test('words that were typed are in the record or in a draft of it', () => {
    const judge = judged([at(0, { text: 'w1x w2x', drafts: ['w1x w3x', 'w5'] })])
    expect(judge.missing(['w1x', 'w2x', 'w3x', 'w4x', 'w5x'])).toEqual(['w4x', 'w5x'])
    expect(new Judge(50).missing(['w1x'])).toEqual(['w1x'])
  })

  test('a word within which another was typed has all of its letters; one that lost any has not', () => {
    const moments = (text: string) => [at(0), at(50, { text: 'w90x w91x w93x' }), at(100, { text })]
    const kept = judged(moments('w90x w w92x91x w93x'))
    expect(kept.faults).toEqual([])
    expect(kept.missing(['w90x', 'w91x', 'w92x', 'w93x'])).toEqual([])
    expect(judged(moments('w90x w9 w92x w93x')).faults).toHaveLength(1)
    expect(judged(moments('w90x w w92x1x w93x')).faults).toHaveLength(1)
    expect(judged(moments('w90x 91x w93x')).faults).toHaveLength(1)
  })

  test('how long nobody could write while a visible tab would: gone, frozen, given back', () => {
    const gone = HELD.filter((name) => name !== presenceLock(A) && name !== visibleLock(A))
    const nobody = { right: { active: null, epoch: 1 } }
    expect(judged([at(0), at(50, { held: gone }), at(1050, { held: gone }), at(1100, taken)]).gaps).toEqual([
      { from: T0 + 50, ms: 1050, blind: 950 },
    ])
    expect(judged([at(0), at(50, nobody), at(100, taken)]).gaps).toHaveLength(1)
    const hidden = HELD.filter((name) => name !== visibleLock(A))
    expect(judged([at(0, { held: hidden }), at(50, { held: hidden })], [A]).gaps).toHaveLength(1)
    expect(judged([at(0), at(50)], [A]).gaps, 'what is visible is awake').toEqual([])
    const unseen = [presenceLock(B)]
    expect(judged([at(0, { held: unseen }), at(50, { held: unseen })]).gaps, 'nobody would').toEqual([])
  })

  test('figures', () => {
    expect(figures([])).toBe('none')
    expect(figures([3, 1, 2, 100])).toBe('4, p50 3, p95 100, max 100 ms')
  })
})
