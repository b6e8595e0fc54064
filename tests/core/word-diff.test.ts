import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { excerpt, type Shown } from '../../src/core/excerpt.ts'
import { diffWords, type Piece } from '../../src/core/word-diff.ts'

const before = (pieces: readonly Piece[]): string => textOf(pieces, 'ins')
const after = (pieces: readonly Piece[]): string => textOf(pieces, 'del')
const textOf = (pieces: readonly Piece[], without: Piece['is']): string =>
  pieces
    .filter(({ is }) => is !== without)
    .map(({ text }) => text)
    .join('')
/** As one reads it: [-gone-] and [+come+]. */
const read = (shown: readonly Shown[]): string =>
  shown
    .map((one) =>
      one.is === 'fold'
        ? '…'
        : one.is === 'same'
          ? one.text
          : one.is === 'ins'
            ? `[+${one.text}+]`
            : `[-${one.text}-]`,
    )
    .join('')
const diff = (a: string, b: string): string => read(diffWords(a, b))
/** A long text with few words twice, always the same one. */
const prose = (words: number, seed = 1): string => {
  let state = seed
  const word = (): string => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return (state % 9973).toString(36)
  }
  return Array.from({ length: words }, (_, i) => word() + (i % 12 === 11 ? '\n' : ' ')).join('')
}
/** ms of this thread's own work: on a busy machine the clock counts that of others as well. */
const took = (work: () => unknown): number => {
  const begun = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(begun)
  return (user + system) / 1000
}

describe('what became of a text, by words', () => {
  test('whatever the texts, the pieces make up both of them to the letter', () => {
    const texts = fc
      .array(fc.constantFrom('one', 'two', 'é', ' ', '  ', '\n', '.', '汉字', '👩‍💻', '\r\n', 'a-b'), {
        maxLength: 30,
      })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'grapheme' })), texts, (a, b) => {
        const pieces = diffWords(a, b)
        expect([before(pieces), after(pieces)]).toEqual([a, b])
        expect(pieces.every(({ text }) => text !== '')).toBe(true)
        pieces.forEach(({ is }, index) => void expect(is).not.toBe(pieces[index - 1]?.is))
      }),
      { numRuns: 500 },
    )
  })

  test('nothing changed is one piece, or none', () => {
    expect(diffWords('as it was', 'as it was')).toEqual([{ is: 'same', text: 'as it was' }])
    expect(diffWords('', '')).toEqual([])
  })

  test('one word is one change, never letters of it', () => {
    expect(diff('the brown fox', 'the red fox')).toBe('the [-brown-][+red+] fox')
    expect(diff('planting', 'planning')).toBe('[-planting-][+planning+]')
    expect(diff('a list', 'a list of it')).toBe('a list[+ of it+]')
  })

  test('words side by side are one phrase, not shreds', () => {
    expect(diff('meet at nine tomorrow in town', 'meet in the evening tomorrow in town')).toBe(
      'meet [-at nine-][+in the evening+] tomorrow in town',
    )
  })

  test('of a list only the lines that changed are marked', () => {
    expect(diff('eggs\nmilk\nbread\n', 'eggs\noat milk\nbread\nbutter\n')).toBe(
      'eggs\n[+oat +]milk\nbread\n[+butter\n+]',
    )
  })

  test('the last word of a line is changed without its line break', () => {
    expect(diff('train at nine\npack', 'train at ten\npack')).toBe('train at [-nine-][+ten+]\npack')
    expect(diff('one nine\n', 'one ten\n')).toBe('one [-nine-][+ten+]\n')
    expect(diff('a\nnine\nb', 'a\nten\nb'), 'a whole line with its own').toBe('a\n[-nine\n-][+ten\n+]b')
  })

  test('lines that have nothing in common are shown whole', () => {
    expect(diff('red and green and blue\n', 'one or two and not three\n')).toBe(
      '[-red and green and blue\n-][+one or two and not three\n+]',
    )
  })

  test('characters of scripts without spaces are compared one by one, pictograms whole', () => {
    expect(diff('今天天气很好', '今天天气不好')).toBe('今天天气[-很-][+不+]好')
    expect(diff('a 👩‍💻 b', 'a 👩‍🔬 b')).toBe('a [-👩‍💻-][+👩‍🔬+] b')
  })

  test('a note of 1 MiB with one word changed, or written anew, costs no more than a blink', () => {
    const long = prose(290_000)
    expect(long.length).toBeGreaterThan(1_000_000)
    const edited = `${long.slice(0, 600_000)} CHANGED ${long.slice(600_000)}`
    expect(took(() => diffWords(long, edited))).toBeLessThan(500)
    expect(diffWords(long, edited).filter(({ is }) => is !== 'same').length).toBeLessThan(4)
    const anew = prose(240_000, 7)
    expect(took(() => diffWords(long, anew))).toBeLessThan(1500)
    const oneLine = long.replaceAll('\n', ' ')
    expect(took(() => diffWords(oneLine, oneLine.replaceAll('a', 'b')))).toBeLessThan(1500)
    expect(took(() => diffWords('a '.repeat(100_000), 'b a '.repeat(60_000)))).toBeLessThan(1500)
  })
})

describe('as a reader sees it', () => {
  test('long runs that did not change are folded away, a few words beside a change stay', () => {
    const shown = read(
      excerpt(diffWords(`${prose(400)}the brown fox ${prose(400)}`, `${prose(400)}the red fox ${prose(400)}`))
        .shown,
    )
    expect(shown).toMatch(/^….{20,90}the \[-brown-\]\[\+red\+\] fox .{20,90}…$/su)
  })

  test('a short text is shown whole', () => {
    const shown = excerpt(diffWords('the brown fox', 'the red fox'))
    expect(shown).toEqual({ shown: diffWords('the brown fox', 'the red fox'), more: 0 })
  })

  test('a text that came whole is cut in its middle, and no character is cut in two', () => {
    const { shown } = excerpt(diffWords('', '👩‍💻'.repeat(900)))
    expect(shown.map(({ is }) => is)).toEqual(['ins', 'fold', 'ins'])
    for (const one of shown) if (one.is !== 'fold') expect(one.text.isWellFormed()).toBe(true)
  })

  test('of hundreds of changes some are shown and the rest counted', () => {
    const a = Array.from({ length: 300 }, (_, i) => `line ${i} is here and stays\n`).join('')
    const { shown, more } = excerpt(diffWords(a, a.replaceAll('stays', 'goes')))
    expect(shown.filter(({ is }) => is === 'ins' || is === 'del')).toHaveLength(40)
    expect(more).toBe(560)
  })
})
