import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isBlock, type Take, taken } from '../../../src/core/merge-blocks.ts'
import { compose, linesIn, mapper, moved, put } from '../../../src/ui/merge/ranges.ts'
import { beginText, blocksOf, renewText, type TextMerge, takeOf } from '../../../src/ui/merge/text-merge.ts'

const word = fc.constantFrom('red', 'blue', 'green', 'one', 'two', 'six')
const line = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '))
const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n'))
const take = fc.constantFrom<Take>('mine', 'theirs', 'both')
const TAKES: readonly Take[] = ['mine', 'theirs', 'both']

const apply = (words: string, { from, to, insert }: { from: number; to: number; insert: string }): string =>
  words.slice(0, from) + insert + words.slice(to)

/** As the editor does it: the block's lines are replaced, the other blocks move. */
function choose(merge: TextMerge, index: number, chosen: Take): TextMerge {
  const block = blocksOf(merge)[index]
  const range = merge.ranges[index]
  if (!block || !range) return merge
  const done = put(merge.text, range, taken(block, chosen))
  const map = mapper([done.change])
  const ranges = merge.ranges.map((other, at) => (at === index ? done.range : moved(other, map)))
  return { ...merge, text: apply(merge.text, done.change), ranges }
}
/** A person types somewhere in the merged text. */
function type(merge: TextMerge, at: number, words: string): TextMerge {
  const change = { from: at, to: at, insert: words }
  return {
    ...merge,
    text: apply(merge.text, change),
    ranges: merge.ranges.map((range) => moved(range, mapper([change]))),
  }
}
const CLASH = [
  'milk\nbread\nold eggs\nsalt\nold soap',
  'milk\nbread\nten eggs\nsalt\nblue soap',
  'oat milk\nbread\nsix eggs\nsalt\ngreen soap',
] as const

describe('merging a text by hand', () => {
  test('P4 it begins with both sides of every block, so that saving unread loses nothing', () => {
    const merge = beginText(...CLASH)
    expect(merge.text).toBe('oat milk\nbread\nsix eggs\nten eggs\nsalt\ngreen soap\nblue soap')
    expect([takeOf(merge, 0), takeOf(merge, 1)]).toEqual(['both', 'both'])
  })

  test('choosing in any order, again and again, leaves what was chosen last', () => {
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.array(fc.tuple(fc.nat(5), take), { maxLength: 12 }),
        (a, m, t, steps) => {
          let merge = beginText(a, m, t)
          const last = blocksOf(merge).map((): Take => 'both')
          fc.pre(last.length > 0)
          for (const [at, chosen] of steps) {
            const index = at % last.length
            merge = choose(merge, index, chosen)
            last[index] = chosen
          }
          const wanted = compose(merge.pieces, (block, index) => taken(block, last[index] ?? 'both'))
          expect(merge.text).toBe(wanted.text)
          expect(merge.ranges).toEqual(wanted.ranges)
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('P4 words typed into a block are found there as the person’s own, and a choice elsewhere leaves them', () => {
    let merge = beginText(...CLASH)
    merge = choose(merge, 0, 'mine')
    merge = type(merge, merge.ranges[0]?.to ?? 0, ' and a half')
    expect(takeOf(merge, 0)).toBeNull()
    merge = choose(merge, 1, 'theirs')
    expect(merge.text).toBe('oat milk\nbread\nten eggs and a half\nsalt\ngreen soap')
    expect(linesIn(merge.text, merge.ranges[0] ?? { from: 0, to: 0, empty: true })).toEqual([
      'ten eggs and a half',
    ])
  })

  test('what is typed where a block has no line is not swallowed by the next choice', () => {
    let merge = beginText('one\ntwo\nthree', 'one\nthree', 'one\nfour\nthree')
    merge = choose(merge, 0, 'mine')
    merge = type(merge, 'one\n'.length, 'typed ')
    merge = choose(merge, 0, 'theirs')
    expect(merge.text).toBe('one\nfour\ntyped three')
  })
})

describe('the other side changes while a person merges', () => {
  test('P4 a choice stays with its block, though the other side has other words now', () => {
    const [a, m, t] = CLASH
    let merge = choose(beginText(a, m, t), 0, 'mine')
    merge = renewText(merge, a, m, t.replace('six eggs', 'seven eggs'))
    expect(takeOf(merge, 0)).toBe('mine')
    expect(takeOf(merge, 1)).toBe('both')
    expect(merge.text).toBe('oat milk\nbread\nten eggs\nsalt\ngreen soap\nblue soap')
    expect(blocksOf(merge)[0]?.theirs).toEqual(['seven eggs'])
    expect(choose(merge, 0, 'theirs').text).toContain('seven eggs')
  })

  test('P4 what was typed stays, in a block and beside it, and what comes new comes in', () => {
    const [a, m, t] = CLASH
    let merge = choose(beginText(a, m, t), 0, 'mine')
    merge = type(merge, merge.ranges[0]?.to ?? 0, ' fresh')
    merge = type(merge, merge.text.indexOf('salt') + 4, ' of the sea')
    merge = renewText(merge, a, m, `crisps\n${t}`)
    expect(merge.text).toContain('ten eggs fresh\nsalt of the sea\n')
    expect(merge.text).toContain('crisps')
    expect(takeOf(merge, 0)).toBeNull()
  })

  test('a block that is new asks with both sides', () => {
    const [a, m, t] = CLASH
    const begun = beginText(
      a.replace('milk', 'old milk'),
      m.replace('milk', 'cow milk'),
      t.replace('oat milk', 'old milk'),
    )
    const merge = renewText(begun, a.replace('milk', 'old milk'), m.replace('milk', 'cow milk'), t)
    expect(blocksOf(merge).length).toBe(blocksOf(begun).length + 1)
    expect(takeOf(merge, 0)).toBe('both')
  })

  test('P4 with nothing typed, what is there is what the blocks say, whatever the sides become', () => {
    fc.assert(
      fc.property(text, text, text, text, fc.array(take, { maxLength: 6 }), (a, m, t, later, takes) => {
        let merge = beginText(a, m, t)
        takes.forEach((chosen, index) => {
          merge = choose(merge, index, chosen)
        })
        const renewed = renewText(merge, a, m, later)
        const now = renewed.pieces.filter(isBlock).map((block, index) => {
          const range = renewed.ranges[index]
          const found = range && linesIn(renewed.text, range)
          return TAKES.some((each) => JSON.stringify(found) === JSON.stringify(taken(block, each)))
        })
        expect(now.every(Boolean)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('the same sides change nothing', () => {
    const merge = choose(beginText(...CLASH), 1, 'theirs')
    expect(renewText(merge, ...CLASH)).toBe(merge)
  })
})
