import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isBlock, linesOf, type Piece, piecesOf, taken } from '../../src/core/merge-blocks.ts'
import { mergeText } from '../../src/core/merge-text.ts'

const blocks = (pieces: readonly Piece[]) => pieces.filter(isBlock)
const built = (pieces: readonly Piece[], take: 'mine' | 'theirs' | 'both'): string =>
  pieces.flatMap((piece) => (isBlock(piece) ? taken(piece, take) : piece.lines)).join('\n')
/** Few lines and few words, so that sides clash. */
const line = fc
  .array(fc.constantFrom('red', 'blue', 'green', 'one', 'two'), { maxLength: 3 })
  .map((words) => words.join(' '))
const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n'))

describe('the blocks of a merge', () => {
  test('P4 taking one side in every block is what the merge itself says when that side wins', () => {
    fc.assert(
      fc.property(text, text, text, (ancestor, mine, theirs) => {
        const pieces = piecesOf(ancestor, mine, theirs)
        expect(built(pieces, 'mine')).toBe(mergeText(ancestor, mine, theirs, 'mine').text)
        expect(built(pieces, 'theirs')).toBe(mergeText(ancestor, mine, theirs, 'theirs').text)
      }),
      { numRuns: 2000 },
    )
  })

  test('what merges by itself is not asked', () => {
    fc.assert(
      fc.property(text, text, text, (ancestor, mine, theirs) => {
        const { clash, text: merged } = mergeText(ancestor, mine, theirs, 'mine')
        fc.pre(!clash)
        const pieces = piecesOf(ancestor, mine, theirs)
        expect(blocks(pieces)).toEqual([])
        expect(built(pieces, 'both')).toBe(merged)
      }),
      { numRuns: 2000 },
    )
  })

  test('without a common ancestor whatever differs is asked, and either side can be had whole', () => {
    fc.assert(
      fc.property(text, text, (mine, theirs) => {
        const pieces = piecesOf(null, mine, theirs)
        expect(built(pieces, 'mine')).toBe(mine)
        expect(built(pieces, 'theirs')).toBe(theirs)
        for (const block of blocks(pieces)) expect(block.base).toBeNull()
      }),
    )
  })

  test('P4 taking both loses no line of either block', () => {
    fc.assert(
      fc.property(text, text, text, (ancestor, mine, theirs) => {
        for (const block of blocks(piecesOf(ancestor, mine, theirs))) {
          const both = taken(block, 'both')
          expect(both).toEqual([...block.theirs, ...block.mine])
        }
      }),
    )
  })

  test('each of two clashing lines is a block of its own, with what it was', () => {
    const pieces = piecesOf(
      'milk\nbread\nold eggs\nsalt\nold soap',
      'milk\nbread\nten eggs\nsalt\nblue soap\ntea',
      'oat milk\nbread\nsix eggs\nsalt\ngreen soap',
    )
    expect(blocks(pieces)).toEqual([
      { base: ['old eggs'], mine: ['ten eggs'], theirs: ['six eggs'] },
      { base: ['old soap'], mine: ['blue soap', 'tea'], theirs: ['green soap'] },
    ])
    expect(built(pieces, 'mine')).toBe('oat milk\nbread\nten eggs\nsalt\nblue soap\ntea')
  })

  test('a line deleted on one side and changed on the other is a block with an empty side', () => {
    const pieces = piecesOf('one\ntwo\nthree', 'one\nthree', 'one\nfour\nthree')
    expect(blocks(pieces)).toEqual([{ base: ['two'], mine: [], theirs: ['four'] }])
    expect(built(pieces, 'mine')).toBe('one\nthree')
  })

  test('the ancestor’s lines of a block are its own lines', () => {
    fc.assert(
      fc.property(text, text, text, (ancestor, mine, theirs) => {
        for (const { base } of blocks(piecesOf(ancestor, mine, theirs))) {
          const joined = `\n${linesOf(ancestor).join('\n')}\n`
          if (base && base.length > 0) expect(joined).toContain(`\n${base.join('\n')}\n`)
        }
      }),
    )
  })
})
